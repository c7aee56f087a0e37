import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Genesis } from "./commit.js"
import { type FoundMark, HOLE_HASH, markBefore, type RecordMark } from "./recordMark.js"

/** How far something was made from a log: the next offset, and the last record before it. */
export interface LogMark extends RecordMark {
  readonly logId: string
  readonly offset: number
}

/** Who made it, for messages. */
export type Maker = "the views" | "the lake's rows"

/** What is wrong when a checkpoint was made from another log, or null. */
export function foreignLog(
  checkpoint: Pick<LogMark, "logId">,
  genesis: Genesis,
  maker: Maker = "the views",
): Fault | null {
  if (checkpoint.logId === genesis.logId) return null
  const message = `${maker} were made from log ${checkpoint.logId}, but this log is ${genesis.logId}`
  return new Fault(
    "LOG_TRUNCATED",
    `${message}: was the log replaced? Give it views of its own, or bring it back.`,
  )
}

/**
 * What is wrong when the record before a checkpoint is not the one it was made after, or null. Where the log has a hole,
 * an older build's mark of just that is as good: its time was a guess.
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
 * Holds a checkpoint against the log itself, as is done at each start, takeover and reconnect (R10).
 * Throws LOG_TRUNCATED when it is of another log, beyond the head, or after another record; SHUTTING_DOWN when it was
 * stopped before it knew.
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
  const { head } = await log.bounds()
  if (checkpoint.offset > head) {
    throw new Fault(
      "LOG_TRUNCATED",
      `${maker}, as of offset ${checkpoint.offset}, are beyond the log's head ${head}`,
    )
  }
  if (checkpoint.offset === 0) return
  const found = await markBefore(log, checkpoint.offset, signal)
  if (found === null) {
    throw new Fault("SHUTTING_DOWN", `stopped while the record before offset ${checkpoint.offset} was read`)
  }
  const different = differentRecord(checkpoint, found, maker)
  if (different !== null) throw different
}
