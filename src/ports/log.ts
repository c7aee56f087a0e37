import type { StalledReader } from "./stalledReaders.js"

/** A record as the log holds it. Offsets are dense from 0. */
export interface LogRecord {
  readonly offset: number
  /**
   * The append time that the log gave it, in milliseconds since 1970. It may step back; order is the offset. Of a hole it
   * means nothing: each reader may say another.
   */
  readonly at: number
  /** Empty for a hole: an offset that the log gave to no record. It is read as a void record. */
  readonly bytes: Uint8Array
}

/** Records of consecutive offsets, and the head as far as the log told it with them. */
export interface LogBatch {
  readonly records: readonly LogRecord[]
  /** Exclusive: the next offset to be given, at least the last record's + 1. */
  readonly head: number
}

/** At most this many bytes in one `append`. */
export const APPEND_BYTES_MAX = 512 * 1024

/** One realm's log: one totally ordered sequence of records. The source of truth. */
export interface Log {
  /**
   * Appends records in this order, in one send; resolves once they are durable (as the implementation defines it).
   * It may append them more than once or partly: the chain rule makes doubles void.
   * Throws LOG_UNAVAILABLE when surely none was stored, OUTCOME_UNKNOWN when some may have been; either within
   * seconds. The caller has one append in flight at a time and keeps to `assertAppendable`.
   */
  append(records: readonly Uint8Array[]): Promise<void>

  /**
   * Every record from an offset on, each exactly once and in order, without end: waits for more at the head.
   * Ends when the signal is aborted or the consumer returns. Survives outages by itself.
   * Throws LOG_TRUNCATED when the offset is below the log's start or beyond its head, also later.
   */
  read(from: number, signal: AbortSignal): AsyncIterable<LogBatch>

  /**
   * The first offset kept, and the head (exclusive), asked for after the call: what was acknowledged before it lies
   * below the head. Throws LOG_UNAVAILABLE within seconds.
   */
  bounds(): Promise<{ readonly start: number; readonly head: number }>

  /**
   * Whether an append would be taken, as far as that can be known without one. Throws LOG_UNAVAILABLE within seconds,
   * with the reason. A log that was opened to read only answers for those who write.
   */
  probe(): Promise<void>

  /** Where readers hold pages of the store, of an embedded one: those that have stopped. */
  readonly stalledReaders?: readonly StalledReader[]

  /** Ends reads and appends; repeatable. */
  close(): Promise<void>
}
