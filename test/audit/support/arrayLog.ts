import { Fault } from "../../../src/ports/faults.js"
import type { Log, LogBatch, LogRecord } from "../../../src/ports/log.js"

/** How many records one read returns: few, so that batches end in awkward places. */
const BATCH = 3

/** A read-only log of records in an array. */
export class ArrayLog implements Log {
  readonly records: LogRecord[] = []

  async append(): Promise<void> {
    throw new Fault("LOG_UNAVAILABLE", "this log is only read")
  }

  async *read(from: number, signal: AbortSignal): AsyncGenerator<LogBatch, void> {
    for (let at = from; !signal.aborted; ) {
      const records = this.records.slice(at, at + BATCH)
      at += records.length
      if (records.length > 0) yield { records, head: this.records.length }
      else await new Promise(resolve => setImmediate(resolve))
    }
  }

  async bounds(): Promise<{ readonly start: number; readonly head: number }> {
    return { start: 0, head: this.records.length }
  }

  async probe(): Promise<void> {}

  async close(): Promise<void> {}
}
