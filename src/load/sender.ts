import { setTimeout as sleep } from "node:timers/promises"
import type { GraphqlAsker } from "../client/graphqlClient.js"
import { systemCode } from "../lib/systemError.js"
import type { LoadCommand } from "./command.js"
import { type MutationPayload, mutations } from "./mutations.js"
import type { Stop } from "./stop.js"

const RETRY_FIRST_MS = 20
const RETRY_MAX_MS = 1000

/** While waiting for the next try, how often to check whether the run is to stop. */
const SLICE_MS = 250

/** The retries and faults of all commands. */
export interface Tries {
  retries: number
  /** Faults by code; `NO_ANSWER` for a connection that broke, `NO_SERVER` for one that was refused. */
  readonly faults: Map<string, number>
}

/** A command with a definite answer. */
export interface Sent {
  readonly kind: "sent"
  readonly payload: MutationPayload
  /** Whether an earlier try may have done it. Only then may the answer be a replay. */
  readonly doubted: boolean
}

/** A command without a definite answer in the time given, or with a fault that retrying does not fix. */
export interface GaveUp {
  readonly kind: "gaveUp"
  /** Whether it may have happened. */
  readonly doubted: boolean
  readonly reason: string
}

/**
 * Errors after which the command has certainly not happened (`docs/errors.md`); after any other it may have.
 */
export const NOTHING_HAPPENED: ReadonlySet<string> = new Set([
  "BAD_USER_INPUT",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "LIMIT_EXCEEDED",
  "FORBIDDEN",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "DOCUMENT_NOT_TRUSTED",
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
  "NO_SERVER",
])

export interface SenderOptions {
  /** How long one command is retried, in milliseconds: far below half of the server's KEY_RETENTION. */
  readonly withinMs: number
  readonly stop: Stop
}

/**
 * Sends commands until the answer is definite, every try with the same key, to the next server. Never throws.
 */
export class MutationSender {
  #tries: Tries = { retries: 0, faults: new Map() }
  readonly #clients: readonly GraphqlAsker[]
  readonly #options: SenderOptions
  #next = 0

  constructor(clients: readonly GraphqlAsker[], options: SenderOptions) {
    this.#clients = clients
    this.#options = options
  }

  get tries(): Tries {
    return this.#tries
  }

  /** Discards the counts so far: the warm-up is over. */
  restart(): void {
    this.#tries = { retries: 0, faults: new Map() }
  }

  /** `doubtedBefore`: tries before this call may have done it. */
  async send({ name, input, key }: LoadCommand, doubtedBefore = false): Promise<Sent | GaveUp> {
    const { withinMs, stop } = this.#options
    const until = Date.now() + withinMs
    let doubted = doubtedBefore
    for (let waitMs = RETRY_FIRST_MS; ; waitMs = Math.min(RETRY_MAX_MS, waitMs * 2)) {
      const answer = await this.#try(mutations[name], { ...input, idempotencyKey: key })
      if (!("code" in answer)) return { kind: "sent", payload: answer, doubted }
      const { code, retryable, message } = answer
      doubted ||= !NOTHING_HAPPENED.has(code)
      this.#tries.faults.set(code, (this.#tries.faults.get(code) ?? 0) + 1)
      const late = () => Date.now() >= stop.bound(until)
      if (!retryable || late() || !(await waited(waitMs, late))) {
        return { kind: "gaveUp", doubted, reason: `${name}: ${code}: ${message}` }
      }
      this.#tries.retries += 1
    }
  }

  async #try(query: string, input: object): Promise<MutationPayload | Problem> {
    const client = this.#clients[this.#next % this.#clients.length]
    this.#next += 1
    if (client === undefined) throw new Error("no server to send to")
    try {
      const { data, errors } = await client.ask<{ answer: MutationPayload | null }>(query, { input })
      if (data?.answer) return data.answer
      const [error] = errors ?? []
      const { code = "NO_CODE", retryable = false } = error?.extensions ?? {}
      const message = error?.message ?? "no answer and no error"
      // The expired request itself cannot be retried, but a new one with this key gives the true answer.
      return { code, retryable: retryable || code === "REQUEST_EXPIRED", message }
    } catch (error) {
      const code = isRefusedConnection(error) ? "NO_SERVER" : "NO_ANSWER"
      return { code, retryable: true, message: error instanceof Error ? error.message : String(error) }
    }
  }
}

interface Problem {
  readonly code: string
  readonly retryable: boolean
  readonly message: string
}

/** Waits in slices, so that a stop is noticed; false if it became late meanwhile. */
async function waited(waitMs: number, late: () => boolean): Promise<boolean> {
  for (let left = waitMs; left > 0; left -= SLICE_MS) {
    await sleep(Math.min(SLICE_MS, left))
    if (late()) return false
  }
  return true
}

/** Nobody was listening, so nothing was sent. */
function isRefusedConnection(error: unknown): boolean {
  return error instanceof Error && systemCode(error.cause) === "ECONNREFUSED"
}
