import { pause } from "../../lib/sleep.js"
import type { WebHdfsLimits } from "./options.js"
import { HdfsProblem } from "./problem.js"

/** The retries of one call, with pauses that double, until its deadline or until the lake is closed. */
export class CallRetries {
  readonly #limits: WebHdfsLimits
  readonly #end: AbortSignal
  readonly #since = performance.now()
  #pauseMs: number
  #tries = 0

  constructor(limits: WebHdfsLimits, end: AbortSignal) {
    this.#limits = limits
    this.#end = end
    this.#pauseMs = limits.pauseMs
  }

  /** Throws HdfsProblem: at once if retrying does not help, otherwise at the deadline. */
  async persist<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        this.#tries += 1
        return await attempt()
      } catch (error) {
        if (this.#end.aborted) throw closed()
        if (!(error instanceof HdfsProblem) || error.isFinal) throw error
        await this.#pause(error)
      }
    }
  }

  async #pause(problem: HdfsProblem): Promise<void> {
    // Between half and all of the pause, so that calls that failed together do not return together.
    const pauseMs = this.#pauseMs * (0.5 + Math.random() / 2)
    const passedMs = performance.now() - this.#since
    if (passedMs + pauseMs > this.#limits.deadlineMs) {
      const message = `${problem.message}; given up after ${this.#tries} tries in ${Math.round(passedMs)} ms`
      throw new HdfsProblem(problem.code, message, true, { cause: problem })
    }
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.#limits.pauseMaxMs)
    await pause(pauseMs, this.#end)
    if (this.#end.aborted) throw closed()
  }
}

function closed(): HdfsProblem {
  return new HdfsProblem("CLOSED", "the lake is closed", true)
}
