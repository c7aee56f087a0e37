import type { Clock } from "../lib/clock.js"
import type { JudgedBatch } from "../log/judged.js"

/** Waits for more records, or until a batch is due, whichever comes first. */
export class DueReader {
  readonly #abort = new AbortController()
  readonly #batches: AsyncIterator<JudgedBatch>
  readonly #clock: Clock
  #next: Promise<IteratorResult<JudgedBatch>> | null = null

  constructor(records: (signal: AbortSignal) => AsyncIterable<JudgedBatch>, clock: Clock) {
    this.#batches = records(this.#abort.signal)[Symbol.asyncIterator]()
    this.#clock = clock
  }

  /** `due` in milliseconds since 1970; null: it waits for records only. */
  async next(due: number | null): Promise<JudgedBatch | "due" | "ended"> {
    this.#next ??= this.#batches.next()
    let cancel = () => {}
    const timer = new Promise<"due">(resolve => {
      if (due !== null) cancel = this.#clock.after(Math.max(0, due - this.#clock.now()), () => resolve("due"))
    })
    const first = await Promise.race([this.#next, timer]).finally(() => cancel())
    if (first === "due") return first
    this.#next = null
    return first.done ? "ended" : first.value
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await this.#batches.return?.()
  }
}
