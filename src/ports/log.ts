import type { StalledReader } from "./stalledReaders.js"

/** A record as the log holds it. Offsets are dense from 0. */
export interface LogRecord {
  readonly offset: number
  /**
   * The append time that the log gave it, in milliseconds since 1970. It may step back; the offset gives the order. For
   * a hole it means nothing: readers may disagree about it.
   */
  readonly at: number
  /** Empty for a hole, an offset that the log gave to no record. A hole is read as a void record. */
  readonly bytes: Uint8Array
}

/** Records of consecutive offsets, and the head that the log reported with them. */
export interface LogBatch {
  readonly records: readonly LogRecord[]
  /** Exclusive: the next offset to be assigned, at least the last record's + 1. */
  readonly head: number
}

/** At most this many bytes in one `append`. */
export const APPEND_BYTES_MAX = 512 * 1024

/** One realm's log: one totally ordered sequence of records. The source of truth. */
export interface Log {
  /**
   * Appends records in this order, in one send; resolves once they are durable (as the implementation defines it).
   * It may append them more than once, or only some of them: the chain rule makes duplicates void.
   * Throws LOG_UNAVAILABLE when certainly none was stored, OUTCOME_UNKNOWN when some may have been; either within
   * seconds. The caller has one append in flight at a time and obeys `assertAppendable`.
   */
  append(records: readonly Uint8Array[]): Promise<void>

  /**
   * Every record from an offset on, each exactly once and in order, without end: at the head it waits for more.
   * Ends when the signal is aborted or the consumer returns. Recovers from outages by itself.
   * Throws LOG_TRUNCATED when the offset is, or later turns out to be, below the log's start or beyond its head.
   */
  read(from: number, signal: AbortSignal): AsyncIterable<LogBatch>

  /**
   * The first offset kept, and the head (exclusive). The log is asked after the call begins, so whatever was
   * acknowledged before the call lies below the head. Throws LOG_UNAVAILABLE within seconds.
   */
  bounds(): Promise<{ readonly start: number; readonly head: number }>

  /**
   * Checks that an append would be accepted, as far as that can be known without one. Throws LOG_UNAVAILABLE within
   * seconds, with the reason. A log opened read-only answers for the processes that write.
   */
  probe(): Promise<void>

  /** For an embedded store, whose pages readers hold: the readers that have stalled. */
  readonly stalledReaders?: readonly StalledReader[]

  /** Ends reads and appends. Idempotent. */
  close(): Promise<void>
}
