/**
 * Faults: what went wrong on our side or in the request, as opposed to refusals (the game's rules, returned as data) and
 * bugs (which crash). The table in `docs/errors.md` says whether the command happened, and whether to retry its key.
 */
const retryableByCode = {
  BAD_USER_INPUT: false,
  LIMIT_EXCEEDED: false,
  IDEMPOTENCY_KEY_REUSED: false,
  OVERLOADED: true,
  CONFLICT: true,
  VIEWS_BEHIND: true,
  VIEWS_UNAVAILABLE: true,
  LOG_UNAVAILABLE: true,
  HISTORY_UNAVAILABLE: true,
  SHUTTING_DOWN: true,
  OUTCOME_UNKNOWN: true,
  REQUEST_EXPIRED: false,
  AGGREGATE_FROZEN: false,
  NEEDS_NEWER_BUILD: false,
  LOG_TRUNCATED: false,
  CURSOR_TOO_OLD: false,
  SUBSCRIBER_TOO_SLOW: true,
  LAKE_OF_ANOTHER_LOG: false,
  LAKE_CORRUPT: false,
} as const

export type FaultCode = keyof typeof retryableByCode

/** The faults that say: this request has done nothing and will not. After any other it may have. */
export const nothingHappened: ReadonlySet<FaultCode> = new Set<FaultCode>([
  "BAD_USER_INPUT",
  "LIMIT_EXCEEDED",
  "IDEMPOTENCY_KEY_REUSED",
  "OVERLOADED",
  "CONFLICT",
  "VIEWS_BEHIND",
  "VIEWS_UNAVAILABLE",
  "LOG_UNAVAILABLE",
  "SHUTTING_DOWN",
  "REQUEST_EXPIRED",
  "AGGREGATE_FROZEN",
  "NEEDS_NEWER_BUILD",
])

export interface FaultOptions extends ErrorOptions {
  readonly extensions?: Readonly<Record<string, string>>
  /** An operator is needed: waiting will not fix it, though it usually does for this code. */
  readonly lasting?: boolean
}

/** Match on `code`, never on the text. The message says where, what was expected and what was found. */
export class Fault extends Error {
  override readonly name = "Fault"
  readonly code: FaultCode
  /** Whether the same request, with the same key, may succeed later. */
  readonly retryable: boolean

  /** Further fields of the GraphQL error's `extensions`. */
  readonly extensions: Readonly<Record<string, string>>

  constructor(
    code: FaultCode,
    message: string,
    { extensions = {}, lasting = false, ...options }: FaultOptions = {},
  ) {
    super(message, options)
    this.extensions = extensions
    this.code = code
    this.retryable = retryableByCode[code] && !lasting
  }
}

export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code)
}

/** A fault as it is; any other error as one of this code, with its text after the words. */
export function asFault(error: unknown, code: FaultCode, words = ""): Fault {
  return isFault(error) ? error : new Fault(code, `${words}${String(error)}`, { cause: error })
}

export function shuttingDown(): Fault {
  return new Fault("SHUTTING_DOWN", "this process is shutting down")
}
