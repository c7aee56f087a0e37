import type { Clock } from "../lib/clock.js"
import type { JudgedBatch } from "./judged.js"

/** Waits for more records, or until something is due, whichever comes first. */
export class DueReader {
  readonly #batches: AsyncIterator<JudgedBatch>
  readonly #clock: Clock
  #isReading = false
  /** What came and was not taken yet. */
  #came: (() => JudgedBatch | "ended") | null = null
  #wake: () => void = () => {}

  constructor(records: AsyncIterable<JudgedBatch>, clock: Clock) {
    this.#batches = records[Symbol.asyncIterator]()
    this.#clock = clock
  }

  /** `due` in milliseconds since 1970, at once when that has passed; null: it waits for records only. */
  async next(due: number | null): Promise<JudgedBatch | "due" | "ended"> {
    const waitMs = due === null ? null : due - this.#clock.now()
    if (waitMs !== null && waitMs <= 0) return "due"
    this.#read()
    if (this.#came === null) await this.#wait(waitMs)
    const came = this.#came
    this.#came = null
    return came === null ? "due" : came()
  }

  /** Its owner has aborted the records: a read that waits has ended. */
  async close(): Promise<void> {
    await this.#batches.return?.()
  }

  /** One read serves many waits: each race for it would stay in memory until it ends, and a log may rest for days. */
  #read(): void {
    if (this.#isReading || this.#came !== null) return
    this.#isReading = true
    const come = (came: () => JudgedBatch | "ended") => {
      this.#isReading = false
      this.#came = came
      this.#wake()
    }
    this.#batches.next().then(
      ({ done, value }) => come(() => (done ? "ended" : value)),
      (error: unknown) =>
        come(() => {
          throw error
        }),
    )
  }

  #wait(waitMs: number | null): Promise<void> {
    return new Promise(resolve => {
      const cancel = waitMs === null ? () => {} : this.#clock.after(waitMs, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }
}
