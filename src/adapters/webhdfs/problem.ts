import { parseJson, property } from "../../lib/json.js"
import { messageOf, SOCKET_REASONS } from "../../lib/systemError.js"

/** What retrying does not fix, by the class of WebHDFS's RemoteException. */
const FINAL = new Set([
  "AccessControlException",
  "AuthenticationException",
  "AuthorizationException",
  "SecurityException",
  "InvalidToken",
  "QuotaExceededException",
  "NSQuotaExceededException",
  "DSQuotaExceededException",
  "QuotaByStorageTypeExceededException",
  "MaxDirectoryItemsExceededException",
  "PathComponentTooLongException",
  "FileNotFoundException",
  "FileAlreadyExistsException",
  "ParentNotDirectoryException",
  "PathIsNotEmptyDirectoryException",
  "InvalidPathException",
  "IllegalArgumentException",
  "UnsupportedOperationException",
])

const TEXT_MAX = 300

/** What went wrong in a call. Match on `code`. */
export class HdfsProblem extends Error {
  override readonly name = "HdfsProblem"
  /** The class of a RemoteException (`SafeModeException`), a socket's code, `HTTP <status>`, or our own word. */
  readonly code: string
  /** Whether retrying is pointless. */
  readonly isFinal: boolean

  constructor(code: string, message: string, isFinal = FINAL.has(code), options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.isFinal = isFinal
  }
}

/** The problem for an error answer. */
export function problemOfReply(status: number, body: Uint8Array, from: string): HdfsProblem {
  const remote = remoteException(body)
  if (remote !== null)
    return new HdfsProblem(remote.exception, `${remote.exception}: ${remote.message}${from}`)
  const code = `HTTP ${status}`
  const isFinal = status < 500 && status !== 408 && status !== 429
  return new HdfsProblem(code, `${code} ${firstLine(Buffer.from(body).toString())}${from}`, isFinal)
}

/** The problem for an error of the client. */
export function problemOfError(error: unknown, from: string): HdfsProblem {
  if (error instanceof HdfsProblem) return error
  const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN"
  const message = messageOf(error)
  return new HdfsProblem(code, `${SOCKET_REASONS[code] ?? message}${from}`, false, { cause: error })
}

/** The problem for a service that answers, but not as WebHDFS does. */
export function notWebHdfs(body: Uint8Array): HdfsProblem {
  const got = firstLine(Buffer.from(body).toString())
  return new HdfsProblem("NOT_WEBHDFS", `expected an answer of WebHDFS, got ${got || "nothing"}`, true)
}

function remoteException(body: Uint8Array): { exception: string; message: string } | null {
  const remote = property(parsed(body), "RemoteException")
  const exception = property(remote, "exception")
  if (typeof exception !== "string") return null
  return { exception, message: firstLine(String(property(remote, "message"))) }
}

/** Undefined when it is not JSON. */
export function parsed(body: Uint8Array): unknown {
  return parseJson(Buffer.from(body).toString())
}

/** The first line only: a data node sends the whole stack trace. */
function firstLine(text: string): string {
  const line = text.trim().split("\n")[0] ?? ""
  return line.slice(0, TEXT_MAX)
}
