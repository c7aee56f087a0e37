import type { LogRecord } from "../../ports/log.js"

/** The result of one fetch. */
export interface Fetched {
  readonly records: readonly LogRecord[]
  /** Exclusive: from where the fetch began up to here the broker has nothing but `records`. */
  readonly end: number
  /** The partition's high watermark. */
  readonly head: number
  /** Whether the consumer has been sent elsewhere since: then this batch must not be taken. */
  isStale(): boolean
}

/** What a consumer calls while it follows the log. */
export interface FetchHandler {
  /** The consumer has its partition. */
  joined(): void
  /** The consumer may have lost its place: returns the offset to fetch from. */
  restart(): number
  /** Waits for room in the queue. `again`: fetch again from `restart()`. A rejection ends the consumer. */
  take(fetched: Fetched): Promise<"on" | "again">
}

/** Runs one consumer: resolves when the signal is aborted, rejects when the consumer cannot go on. */
export type FetchLoop = (handler: FetchHandler, signal: AbortSignal) => Promise<void>
