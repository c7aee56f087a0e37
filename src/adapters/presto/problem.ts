import { messageOf, SOCKET_REASONS } from "../../lib/systemError.js"
import type { FaultCode } from "../../ports/faults.js"

/** Why a query failed, according to Presto. */
export interface QueryFailure {
  readonly message: string
  /** Such as `SYNTAX_ERROR`; its type such as `USER_ERROR`. */
  readonly name: string
  readonly type: string
}

interface PrestoProblemOptions {
  readonly code?: FaultCode
  readonly failure?: string | null
}

/** What came instead of an answer. The message contains neither the address nor a password. */
export class PrestoProblem extends Error {
  override readonly name = "PrestoProblem"
  readonly code: FaultCode
  /** Presto's name for the failure of a query; null for any other problem. */
  readonly failure: string | null

  constructor(message: string, { code, failure = null }: PrestoProblemOptions = {}) {
    super(message)
    this.code = code ?? "HISTORY_UNAVAILABLE"
    this.failure = failure
  }
}

/**
 * Errors of Presto's type USER_ERROR that are not the statement's fault: an operator's action, or the state of the
 * service. All names:
 * https://github.com/prestodb/presto/blob/0.287/presto-spi/src/main/java/com/facebook/presto/spi/StandardErrorCode.java
 */
const NOT_OF_THE_STATEMENT = new Set([
  "ABANDONED_QUERY",
  "ADMINISTRATIVELY_KILLED",
  "AUTOCOMMIT_WRITE_CONFLICT",
  "INCOMPATIBLE_CLIENT",
  "MULTI_CATALOG_WRITE_CONFLICT",
  "NATIVE_EXECUTION_BINARY_NOT_EXIST",
  "NOT_IN_TRANSACTION",
  "PERMISSION_DENIED",
  "QUERY_REJECTED",
  "TRANSACTION_ALREADY_ABORTED",
  "TRANSACTION_CONFLICT",
  "UNKNOWN_TRANSACTION",
  "USER_CANCELED",
])

/** The statement asks for too much, and will again when repeated. */
const TOO_MUCH = new Set([
  "EXCEEDED_FUNCTION_MEMORY_LIMIT",
  "EXCEEDED_OUTPUT_POSITIONS_LIMIT",
  "EXCEEDED_OUTPUT_SIZE_LIMIT",
  "EXCEEDED_PLAN_NODE_LIMIT",
  "EXCEEDED_SCAN_RAW_BYTES_READ_LIMIT",
  "GENERATED_BYTECODE_TOO_LARGE",
  "QUERY_HAS_TOO_MANY_STAGES",
  "QUERY_TEXT_TOO_LARGE",
])

/** The problem for a failed query. */
export function problemOfFailure(failure: QueryFailure): PrestoProblem {
  return new PrestoProblem(failure.message, { code: faultCodeOf(failure), failure: failure.name })
}

/** An unknown failure is blamed on the service: the next try may succeed. */
function faultCodeOf({ name, type }: QueryFailure): FaultCode {
  if (TOO_MUCH.has(name)) return "LIMIT_EXCEEDED"
  if (name === "QUERY_QUEUE_FULL") return "OVERLOADED"
  return type === "USER_ERROR" && !NOT_OF_THE_STATEMENT.has(name) ? "BAD_USER_INPUT" : "HISTORY_UNAVAILABLE"
}

/** Error codes in plain words; the message contains the code too. */
const REASONS: Readonly<Record<string, string>> = {
  ...SOCKET_REASONS,
  UND_ERR_SOCKET: "the connection was closed",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "no answer in time",
}

/** An error of the HTTP client, in words for people. */
export function problemOfError(error: unknown): PrestoProblem {
  if (error instanceof PrestoProblem) return error
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  const message = messageOf(error)
  const reason = REASONS[code]
  return new PrestoProblem(reason === undefined ? message || code : `${reason} (${code})`)
}

/** The problem for an answer without a page, by its HTTP status. */
export function problemOfStatus(status: number, body: string): PrestoProblem {
  if (status === 401 || status === 403) {
    return new PrestoProblem(`HTTP status ${status}: does it take the user and the password?`)
  }
  const text = body
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 120)
  return new PrestoProblem(`HTTP status ${status}${text === "" ? "" : `: ${text}`}`)
}
