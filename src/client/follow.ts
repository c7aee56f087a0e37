import { setTimeout as sleep } from "node:timers/promises"
import { UserError } from "../lib/userError.js"
import type { SubscriptionConnection } from "./connection.js"
import type { GraphqlError } from "./graphqlClient.js"
import type { SubscriptionEnd, Take } from "./session.js"

/**
 * The wait between two tries, of which a random 50 to 100 % is used, so that many subscribers do not retry
 * at once.
 */
const RETRY_FIRST_MS = 100
const RETRY_MAX_MS = 2000

/** What every notice has; a heartbeat has nothing else. */
export interface CursorNotice {
  readonly cursor: string
}

/** What to subscribe to, and what to do with its notices. */
export interface Subscription<N extends CursorNotice> {
  /** One subscription field under the alias `notice`, with `after: $after` and `heartbeat: true`. */
  readonly query: string
  /** The query's variables, without `after`. */
  readonly variables: Readonly<Record<string, unknown>>
  /** Called for each notice once, in the log's order, heartbeats included. */
  readonly take: Take<N>
  /** The subscription is interrupted and will be retried. */
  readonly interrupted?: (why: string) => void
  /** Notices were lost for good; it continues from now. Without this handler it fails instead. */
  readonly missed?: (why: string) => void
}

export interface FollowOptions {
  /** Ends the subscription. */
  readonly signal: AbortSignal
  /** How long to retry without receiving a notice, in milliseconds. */
  readonly withinMs: number
}

/**
 * Follows a subscription until the signal. Whenever the socket closes, or the server ends it with a retryable
 * error (SUBSCRIBER_TOO_SLOW included), it subscribes again after the last cursor, on the next server. Throws
 * UserError for what retrying does not fix, or when no try has succeeded in the time given.
 */
export async function follow<N extends CursorNotice>(
  connection: SubscriptionConnection,
  subscription: Subscription<N>,
  { signal, withinMs }: FollowOptions,
): Promise<void> {
  const { query, variables } = subscription
  const retries = new Retries(withinMs)
  let after: string | null = null
  const take = (notice: N) => {
    after = notice.cursor
    retries.succeeded()
    return subscription.take(notice)
  }
  while (!signal.aborted) {
    const ending = await connection.run<N>({ query, variables: { ...variables, after } }, take, signal)
    if (ending.kind === "stopped") return
    const failure = failureOf(ending)
    const why = `${connection.url}: ${failure.why}`
    if (failure.cursor !== null) after = failure.cursor
    if (failure.code === "CURSOR_TOO_OLD" && subscription.missed !== undefined) {
      subscription.missed(why)
      after = null
    } else if (failure.isHopeless) throw new UserError(why)
    if (retries.areOver) throw new UserError(`${why}; tried for ${withinMs / 1000} s`)
    subscription.interrupted?.(why)
    await retries.wait(signal)
  }
}

/** The waits between tries, from the first failure after a success. */
class Retries {
  readonly #withinMs: number
  #failingSince: number | null = null
  #waitMs = RETRY_FIRST_MS

  constructor(withinMs: number) {
    this.#withinMs = withinMs
  }

  get areOver(): boolean {
    this.#failingSince ??= Date.now()
    return Date.now() - this.#failingSince > this.#withinMs
  }

  succeeded(): void {
    this.#failingSince = null
    this.#waitMs = RETRY_FIRST_MS
  }

  async wait(signal: AbortSignal): Promise<void> {
    const waitMs = this.#waitMs * (0.5 + Math.random() / 2)
    this.#waitMs = Math.min(RETRY_MAX_MS, this.#waitMs * 2)
    // The signal cuts the wait short; the caller checks it.
    await sleep(waitMs, undefined, { signal }).catch(() => {})
  }
}

interface Failure {
  readonly why: string
  /** The server's code, or null. */
  readonly code: string | null
  /** Where to continue, if the server says so. */
  readonly cursor: string | null
  readonly isHopeless: boolean
}

function failureOf(ending: Exclude<SubscriptionEnd, { kind: "stopped" }>): Failure {
  switch (ending.kind) {
    case "completed":
      return { why: "the server ended the subscription", code: null, cursor: null, isHopeless: false }
    case "lost":
      return { why: ending.reason, code: null, cursor: null, isHopeless: ending.isHopeless }
    case "refused":
      return failureOfErrors(ending.errors)
  }
}

function failureOfErrors(errors: readonly GraphqlError[]): Failure {
  const [error] = errors
  const { code = "NO_CODE", retryable = false, cursor } = error?.extensions ?? {}
  return {
    why: `${code}: ${error?.message ?? "neither a notice nor an error"}`,
    code,
    cursor: typeof cursor === "string" ? cursor : null,
    isHopeless: !retryable,
  }
}
