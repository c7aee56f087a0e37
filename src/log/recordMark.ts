import type { Log, LogRecord } from "../ports/log.js"
import { recordHash } from "./codec.js"

/** A record's identity. A checkpoint keeps that of the last record before its offset (R10). */
export interface RecordMark {
  readonly hash: string
  readonly at: number
}

/** What the log holds at an offset. */
export interface FoundMark extends RecordMark {
  /** The record's bytes; 0 when the offset holds no record, and the mark is that of the last record before it. */
  readonly size: number
}

/** The hash that marked a hole until fold version 3: that of no bytes, beside a time that the reader had guessed. */
export const HOLE_HASH = recordHash(new Uint8Array(0))

/** By how much each further search for a record reaches back: many holes in a row are rare. */
const FURTHER = 64

/**
 * The mark of the offset before this one, the same for every reader. Where that offset holds no record (a hole, the
 * marker of somebody else's transaction), readers have neither bytes nor a time to agree on, so the mark is that of the
 * last record before it. Null when it was stopped. Throws what `Log.read` throws.
 */
export async function markBefore(log: Log, offset: number, signal: AbortSignal): Promise<FoundMark | null> {
  for (let back = 1; ; back *= FURTHER) {
    const from = Math.max(0, offset - back)
    const records = await readBetween(log, from, offset, signal)
    const last = records.at(-1)
    if (last === undefined) return null
    const record = records.findLast(({ bytes }) => bytes.length > 0)
    if (record !== undefined || from === 0) return { ...markOf(record ?? last), size: last.bytes.length }
  }
}

function markOf({ at, bytes }: LogRecord): RecordMark {
  return { hash: recordHash(bytes), at }
}

/** The records in [from, to); none when it was stopped. */
async function readBetween(log: Log, from: number, to: number, signal: AbortSignal): Promise<LogRecord[]> {
  const read: LogRecord[] = []
  for await (const { records } of log.read(from, signal)) {
    read.push(...records.filter(({ offset }) => offset < to))
    if (read.length === to - from) return read
  }
  return []
}
