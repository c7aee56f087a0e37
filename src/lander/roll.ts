import type { BatchTimes } from "../log/consumerPolicy.js"
import type { Batch } from "./batch.js"

/**
 * A batch is full at this many rows, or bytes of the log: 30 MB of memory for purchases, at most about 110 MB for long
 * texts; while it is written the process takes 100 to 200 MB more (docs/benchmarks.md, Landing).
 */
const ROWS_MAX = 200_000
const BYTES_MAX = 64 * 1024 * 1024

/** A log that is quiet for this long is idle. */
const IDLE_MS = 2000

/** The share of the bound that a batch may wait; the rest is for writing it. */
const WAIT_SHARE = 0.75

/** What determines when a batch is landed (R38). */
export interface RollState extends BatchTimes {
  /** Everything is queryable within this, in milliseconds. */
  readonly landWithinMs: number
  /** When we last landed something, or began, in milliseconds since 1970. */
  readonly landedAt: number
}

/** Whether a batch accepts no more records. */
export function isFull({ rows, bytes }: Pick<Batch, "rows" | "bytes">): boolean {
  return rows >= ROWS_MAX || bytes >= BYTES_MAX
}

/**
 * When a batch that is not full is due: at the latest after its share of the bound; earlier when the log is idle, but
 * then no more often than once per bound, so that a calm realm makes about one commit per bound.
 */
export function dueAt({ landWithinMs, since, lastAt, landedAt, atHead }: RollState): number {
  const latest = since + landWithinMs * WAIT_SHARE
  if (!atHead) return latest
  return Math.min(latest, Math.max(lastAt + IDLE_MS, landedAt + landWithinMs))
}
