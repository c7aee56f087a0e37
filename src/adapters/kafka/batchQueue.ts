import type { LogBatch } from "../../ports/log.js"

/** How many bytes of records are read ahead of the consumer; one fetch may exceed it. */
const QUEUE_BYTES_MAX = 8 * 1024 * 1024
/** The approximate cost of a record in addition to its bytes. */
const RECORD_BYTES = 100
/** Waiting batches are merged up to this many records: a slow consumer then takes fewer, larger steps. */
const RECORDS_TOGETHER = 1000

/** The queue between a Kafka consumer that pushes and a reader that pulls. */
export class BatchQueue {
  readonly #batches: LogBatch[] = []
  #bytes = 0
  #ended = false
  #failure: Error | null = null
  #wake: (() => void)[] = []

  get full(): boolean {
    return this.#bytes >= QUEUE_BYTES_MAX
  }

  /** Resolves when there is room, or at the end. */
  async room(): Promise<void> {
    while (this.full && !this.#ended) await this.#change()
  }

  push(batch: LogBatch): void {
    this.#batches.push(batch)
    this.#bytes += size(batch)
    this.#changed()
  }

  /** Returns what is queued first, then throws this error. */
  fail(error: Error): void {
    this.#failure = error
    this.#changed()
  }

  /** Drops what is queued. */
  end(): void {
    this.#ended = true
    this.#changed()
  }

  /** Waits for records; null at the end. */
  async take(): Promise<LogBatch | null> {
    for (;;) {
      if (this.#ended) return null
      const batch = this.#together()
      if (batch !== null) {
        this.#bytes -= size(batch)
        this.#changed()
        return batch
      }
      if (this.#failure !== null) throw this.#failure
      await this.#change()
    }
  }

  /** The waiting batches merged into one; null when there are none. */
  #together(): LogBatch | null {
    const first = this.#batches.shift()
    if (first === undefined) return null
    const records = [...first.records]
    let { head } = first
    for (;;) {
      const next = this.#batches[0]
      if (next === undefined || records.length + next.records.length > RECORDS_TOGETHER)
        return { records, head }
      records.push(...next.records)
      head = next.head
      this.#batches.shift()
    }
  }

  #change(): Promise<void> {
    return new Promise(resolve => this.#wake.push(resolve))
  }

  #changed(): void {
    const waiting = this.#wake
    this.#wake = []
    for (const resolve of waiting) resolve()
  }
}

function size({ records }: LogBatch): number {
  return records.reduce((sum, { bytes }) => sum + bytes.length + RECORD_BYTES, 0)
}
