import type { Clock } from "../lib/clock.js"
import { sleep } from "../lib/sleep.js"
import type { Log } from "../ports/log.js"

/** How long to wait before asking again if the log did not answer. */
const RETRY_MS = 50

/**
 * Asks the log for its head on behalf of refusals (R23); one question serves all that wait. A refusal is
 * answered only when the tail has reached a head that was asked for after its command arrived, so a stale
 * process never refuses wrongly.
 */
export class Barrier {
  readonly #log: Log
  readonly #clock: Clock
  readonly #answered: (head: number) => void
  /** The newest answer: how many commands had arrived when the log was asked, and the head. */
  #latest: { readonly arrived: number; readonly head: number } | null = null
  #wanted = 0
  #asking = false
  #closed = false

  constructor(log: Log, clock: Clock, answered: (head: number) => void) {
    this.#log = log
    this.#clock = clock
    this.#answered = answered
  }

  /**
   * The head that is valid for the command `seq` (from 0, in order of arrival). Null if there is none yet:
   * then the log is asked, and `answered` is called. `arrived` is how many commands have arrived by now.
   */
  holdsFor(seq: number, arrived: number): number | null {
    if (this.#latest !== null && this.#latest.arrived > seq) return this.#latest.head
    this.#wanted = Math.max(this.#wanted, arrived)
    if (!this.#asking) void this.#ask()
    return null
  }

  close(): void {
    this.#closed = true
  }

  async #ask(): Promise<void> {
    this.#asking = true
    while (!this.#closed && this.#wanted > (this.#latest?.arrived ?? 0)) {
      const arrived = this.#wanted
      // The commands' deadlines bound this loop; they end with LOG_UNAVAILABLE.
      const bounds = await this.#log.bounds().catch(() => null)
      if (bounds === null) {
        await sleep(this.#clock, RETRY_MS)
        continue
      }
      const { head } = bounds
      this.#latest = { arrived, head }
      this.#answered(head)
    }
    this.#asking = false
  }
}

/** Whether the tail has reached the barrier of a refusal, which is null until the log has answered. */
export function hasReached(barrier: number | null, position: number): boolean {
  return barrier !== null && barrier <= position
}
