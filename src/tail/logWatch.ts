import type { Clock } from "../ports/clock.js"
import { Fault, isFault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Tail } from "./tail.js"

/** How often the log is asked for its head. */
const WATCH_MS = 1000

/** Asks the log for its head each second: whether it can be reached, and how far this process's tail is behind. */
export class LogWatch {
  readonly #log: Log
  readonly #tail: Tail
  readonly #clock: Clock
  #problem: Fault | null = null
  #cancel: () => void = () => {}
  #stopped = false

  constructor(log: Log, tail: Tail, clock: Clock) {
    this.#log = log
    this.#tail = tail
    this.#clock = clock
  }

  /** What was wrong with the log at the last look, or null. */
  get problem(): Fault | null {
    return this.#problem
  }

  start(): void {
    void this.#look()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  async #look(): Promise<void> {
    try {
      const { head } = await this.#log.bounds()
      this.#tail.told(head)
      this.#problem = null
    } catch (error) {
      this.#problem = isFault(error) ? error : new Fault("LOG_UNAVAILABLE", String(error), { cause: error })
    }
    if (!this.#stopped) this.#cancel = this.#clock.after(WATCH_MS, () => void this.#look())
  }
}
