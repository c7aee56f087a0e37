import type { Clock } from "../lib/clock.js"
import { sleep } from "../lib/sleep.js"
import { Fault, isFault } from "../ports/faults.js"
import type { Logger } from "../ports/logger.js"

/** How long a service may be unavailable at the start before we give up. */
const START_WITHIN_MS = 60_000
const START_RETRY_MS = 1000

/** Retries while a service is unavailable, and logs each reason once. */
export class StartRetries {
  readonly signal: AbortSignal
  readonly #clock: Clock
  readonly #logger: Logger
  #reported = ""

  constructor(clock: Clock, logger: Logger, signal: AbortSignal) {
    this.#clock = clock
    this.#logger = logger
    this.signal = signal
  }

  /** Throws the attempt's error if waiting cannot fix it or has taken too long; SHUTTING_DOWN if aborted. */
  async until<T>(attempt: () => Promise<T>): Promise<T> {
    const until = this.#clock.now() + START_WITHIN_MS
    for (;;) {
      this.#assertWanted()
      try {
        return await attempt()
      } catch (error) {
        this.#assertWanted()
        const away = isFault(error) && error.retryable
        if (!away || this.#clock.now() + START_RETRY_MS > until) throw error
        this.#report(error)
        await sleep(this.#clock, START_RETRY_MS, this.signal)
      }
    }
  }

  #assertWanted(): void {
    if (this.signal.aborted) throw new Fault("SHUTTING_DOWN", "asked to end before it had started")
  }

  #report({ code, message }: Fault): void {
    if (message !== this.#reported) this.#logger.warn({ code }, `waiting: ${message}`)
    this.#reported = message
  }
}
