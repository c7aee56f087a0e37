import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Genesis } from "./commit.js"
import { type FoundMark, HOLE_HASH, markBefore, type RecordMark } from "./recordMark.js"

/** How much of a log something was built from: the next offset, and the last record before it. */
export interface LogMark extends RecordMark {
  readonly logId: string
  readonly offset: number
}

/** What was built from the log, for messages. */
export type Maker = "the views" | "the lake's rows"

/** The fault of a checkpoint that was made from another log, or null. */
export function foreignLog(
  checkpoint: Pick<LogMark, "logId">,
  genesis: Genesis,
  maker: Maker = "the views",
): Fault | null {
  if (checkpoint.logId === genesis.logId) return null
  const message = `${maker} were made from log ${checkpoint.logId}, but this log is ${genesis.logId}`
  return new Fault(
    "LOG_TRUNCATED",
    `${message}: was the log replaced? Give this log its own view store, or restore the old log.`,
  )
}

/**
 * The fault of a checkpoint when the record before it is not the one it was made after, or null. Where the log has a
 * hole, an older build's mark of the hole itself also matches: its time was a guess.
 */
export function differentRecord(
  { offset, hash, at }: Omit<LogMark, "logId">,
  found: FoundMark,
  maker: Maker = "the views",
): Fault | null {
  if (found.hash === hash && found.at === at) return null
  if (found.size === 0 && hash === HOLE_HASH) return null
  const expected = `expected hash ${hash} of ${at}`
  return new Fault(
    "LOG_TRUNCATED",
    `${maker}, as of offset ${offset}, do not fit the log: at offset ${offset - 1} ${expected}, found ${found.hash} of ${found.at}`,
  )
}

/**
 * Checks a checkpoint against the log itself, at each start, takeover and reconnect (R10).
 * Throws LOG_TRUNCATED when it belongs to another log, lies beyond the head, or follows another record; SHUTTING_DOWN
 * when stopped before the answer was known.
 */
export async function checkAgainstLog(
  checkpoint: LogMark,
  log: Log,
  genesis: Genesis,
  signal: AbortSignal,
  maker: Maker = "the views",
): Promise<void> {
  const foreign = foreignLog(checkpoint, genesis, maker)
  if (foreign !== null) throw foreign
  await assertWithin(checkpoint.offset, log, maker)
  if (checkpoint.offset === 0) return
  const found = await markBefore(log, checkpoint.offset, signal)
  if (found === null) {
    throw new Fault("SHUTTING_DOWN", `stopped while the record before offset ${checkpoint.offset} was read`)
  }
  const different = differentRecord(checkpoint, found, maker)
  if (different !== null) throw different
}

/** Throws LOG_TRUNCATED when an offset lies beyond the head, and what `Log.bounds` throws. */
export async function assertWithin(offset: number, log: Log, maker: Maker): Promise<void> {
  const { head } = await log.bounds()
  if (offset <= head) return
  throw new Fault("LOG_TRUNCATED", `${maker}, as of offset ${offset}, are beyond the log's head ${head}`)
}
