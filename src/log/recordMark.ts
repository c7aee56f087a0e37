import type { Log, LogRecord } from "../ports/log.js"
import { recordHash } from "./codec.js"

/** A record's identity, as checkpoints keep it of the last record before their offset (R10). */
export interface RecordMark {
  readonly hash: string
  readonly at: number
}

/** What the log says of an offset. */
export interface FoundMark extends RecordMark {
  /** Bytes of the record; 0: the offset holds none, and the mark is that of the last record before it. */
  readonly size: number
}

/** What a hole was marked by until fold version 3: no bytes, and a time that its reader had guessed. */
export const HOLE_HASH = recordHash(new Uint8Array(0))

/** How many times as far back each look for a record goes: many holes in a row are rare. */
const FURTHER = 64

/**
 * The mark of the offset before this one, the same for every reader. Where that offset holds no record (a hole, the
 * marker of somebody else's transaction) there are neither bytes nor a time to agree on: the last record before it is
 * looked for. Null when it was stopped. Throws what `Log.read` throws.
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

/** The records [from, to); none when it was stopped. */
async function readBetween(log: Log, from: number, to: number, signal: AbortSignal): Promise<LogRecord[]> {
  const read: LogRecord[] = []
  for await (const { records } of log.read(from, signal)) {
    read.push(...records.filter(({ offset }) => offset < to))
    if (read.length === to - from) return read
  }
  return []
}
