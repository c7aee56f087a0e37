import { within } from "../lib/deadline.js"
import type { Genesis } from "../log/commit.js"
import { type Judged, readJudged } from "../log/judged.js"
import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"

/** How long the log may return nothing though it holds more. */
const STILL_MS = 60_000

/** Reads the judged log forward step by step, never beyond the offset asked for. */
export class LogReader {
  readonly #log: Log
  readonly #abort = new AbortController()
  readonly #batches: AsyncGenerator<{ readonly records: readonly Judged[] }, void>
  #ahead: readonly Judged[] = []
  #position: number
  #head = 0

  constructor(log: Log, genesis: Genesis, from: number) {
    this.#log = log
    this.#position = from
    this.#batches = readJudged(log, genesis, from, this.#abort.signal)
  }

  /** The next offset to read. */
  get position(): number {
    return this.#position
  }

  /**
   * The records from the position up to an offset (exclusive), in batches. Throws LOG_TRUNCATED when the log does not
   * reach that far, LOG_UNAVAILABLE when it returns nothing for a minute, and what the log throws.
   */
  async *upTo(offset: number): AsyncGenerator<readonly Judged[], void> {
    if (offset > this.#head) await this.#lookAtHead(offset)
    while (this.#position < offset) {
      if (this.#ahead.length === 0) this.#ahead = await this.#next()
      const taken = this.#ahead.filter(record => record.offset < offset)
      this.#ahead = this.#ahead.slice(taken.length)
      this.#position += taken.length
      if (taken.length > 0) yield taken
    }
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await this.#batches.return()
  }

  async #lookAtHead(offset: number): Promise<void> {
    const { head } = await this.#log.bounds()
    this.#head = head
    if (offset <= head) return
    throw new Fault("LOG_TRUNCATED", `expected the log to reach offset ${offset}, its head is ${head}`)
  }

  async #next(): Promise<readonly Judged[]> {
    const message = `the log returned nothing after offset ${this.#position} for ${STILL_MS} ms`
    const late = () => new Fault("LOG_UNAVAILABLE", message)
    const next = await within(this.#batches.next(), STILL_MS, late)
    if (next.done === true) throw new Fault("SHUTTING_DOWN", "the log was closed during the audit")
    return next.value.records
  }
}
