import { type Judged, type JudgedBatch, readJudged } from "../log/judged.js"
import type { Log } from "../ports/log.js"
import type { Tail } from "./tail.js"

/** At most this many records in a batch. */
const BATCH_MAX = 1000

/**
 * Yields what `readJudged` yields, at the cost of one reader: a consumer beside a tail takes its records from the
 * tail's buffer, and reads the log by itself only while the buffer does not reach back far enough. Ends when the signal
 * is aborted. Throws what `Log.read` throws, and the tail's fault.
 */
export async function* recordsOf(
  tail: Tail,
  log: Log,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<JudgedBatch, void> {
  let next = from
  while (!signal.aborted) {
    const source = tail.buffer.covers(next) ? buffered(tail, next, signal) : older(tail, log, next, signal)
    for await (const batch of source) {
      yield batch
      next += batch.records.length
    }
  }
}

/** Reads from the log until the buffer reaches back far enough, or the abort. Throws as `recordsOf` does. */
export async function* older(
  tail: Tail,
  log: Log,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<JudgedBatch, void> {
  let next = from
  for await (const batch of readJudged(log, tail.genesis, from, signal)) {
    yield batch
    next += batch.records.length
    if (tail.fault !== null) throw tail.fault
    if (tail.buffer.covers(next)) return
  }
}

/** Reads from the buffer, without end, unless the buffer evicts what a slow consumer has not taken yet. */
async function* buffered(tail: Tail, from: number, signal: AbortSignal): AsyncGenerator<JudgedBatch, void> {
  let wake = () => {}
  const moved = () => wake()
  const stopListening = tail.listen({ judged() {}, batchEnd: moved })
  signal.addEventListener("abort", moved, { once: true })
  try {
    let next = from
    while (!signal.aborted && tail.buffer.covers(next)) {
      if (tail.fault !== null) throw tail.fault
      const records = take(tail.buffer.since(next))
      if (records.length > 0) {
        yield { records, head: Math.max(tail.head, tail.position) }
        next += records.length
      } else {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  } finally {
    stopListening()
    signal.removeEventListener("abort", moved)
  }
}

function take(records: Iterable<Judged>): Judged[] {
  const taken: Judged[] = []
  for (const record of records) {
    taken.push(record)
    if (taken.length === BATCH_MAX) break
  }
  return taken
}
