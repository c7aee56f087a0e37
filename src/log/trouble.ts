import { messageOf } from "../lib/systemError.js"
import { type Fault, type FaultCode, isFault } from "../ports/faults.js"
import type { Logger } from "../ports/logger.js"

export interface TroublePolicy {
  /** The line that reports it. */
  readonly line: string
  /** How long to wait before the next try, in milliseconds, at first and at most: it doubles. */
  readonly pauseMs: readonly [number, number]
}

/** Faults that waiting does not fix. */
const FINAL: readonly FaultCode[] = [
  "LOG_TRUNCATED",
  "LAKE_OF_ANOTHER_LOG",
  "LAKE_CORRUPT",
  "NEEDS_NEWER_BUILD",
  "AGGREGATE_FROZEN",
]

/** Tracks retries: logs each kind of problem once until success, and lets the pauses grow. */
export class Trouble {
  /** The number of retries so far. */
  retries = 0
  /** What is wrong at the moment, or null. */
  problem: string | null = null
  readonly #policy: TroublePolicy
  readonly #logger: Logger
  readonly #logged = new Set<string>()
  #pauseMs: number

  constructor(policy: TroublePolicy, logger: Logger) {
    this.#policy = policy
    this.#logger = logger
    this.#pauseMs = policy.pauseMs[0]
  }

  /** Returns how long to wait before the next try, in milliseconds. */
  report(error: unknown): number {
    const { line, pauseMs } = this.#policy
    this.problem = messageOf(error)
    // By code: messages may name what changes from try to try.
    const kind = isFault(error) ? error.code : "a bug"
    if (!this.#logged.has(kind)) this.#logger.warn({ error: this.problem }, line)
    this.#logged.add(kind)
    this.retries += 1
    const waitMs = this.#pauseMs
    this.#pauseMs = Math.min(2 * waitMs, pauseMs[1])
    return waitMs
  }

  over(): void {
    this.problem = null
    this.#logged.clear()
    this.#pauseMs = this.#policy.pauseMs[0]
  }
}

export function isFinal(error: unknown): error is Fault {
  return isFault(error) && FINAL.includes(error.code)
}
