import type { LogRecord } from "../../ports/log.js"

/** What one fetch brought. */
export interface Fetched {
  readonly records: readonly LogRecord[]
  /** Exclusive: below it the broker has nothing more than `records`, from where it was asked. */
  readonly end: number
  /** The partition's high watermark. */
  readonly head: number
  /** Whether the consumer was sent elsewhere meanwhile: then this batch is not to be taken. */
  isStale(): boolean
}

/** What a consumer calls while it follows the log. */
export interface FetchHandler {
  /** The consumer has its partition. */
  joined(): void
  /** The consumer may have lost its place: the answer is the offset to fetch from. */
  restart(): number
  /** Waits while there is no room. `again`: fetch again from `restart()`. A rejection ends the consumer. */
  take(fetched: Fetched): Promise<"on" | "again">
}

/** Runs one consumer: resolves when the signal is aborted, rejects when the consumer cannot go on. */
export type FetchLoop = (handler: FetchHandler, signal: AbortSignal) => Promise<void>
