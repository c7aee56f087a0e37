import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import { recordHash } from "./codec.js"
import type { Genesis } from "./commit.js"

/** A record's place and identity, as checkpoints keep it of the record before their offset (R10). */
export interface RecordMark {
  readonly hash: string
  readonly at: number
}

/** How far something was made from a log: the next offset, and the record just before it. */
export interface LogMark extends RecordMark {
  readonly logId: string
  readonly offset: number
}

/** Who made it, for messages. */
export type Maker = "the views" | "the lake"

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

/** What is wrong when the record before a checkpoint is not the one it was made after, or null. */
export function differentRecord(
  { offset, hash, at }: Omit<LogMark, "logId">,
  found: RecordMark,
  maker: Maker = "the views",
): Fault | null {
  if (found.hash === hash && found.at === at) return null
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
  for await (const { records } of log.read(checkpoint.offset - 1, signal)) {
    const [record] = records
    if (record === undefined) continue
    const different = differentRecord(checkpoint, { hash: recordHash(record.bytes), at: record.at }, maker)
    if (different !== null) throw different
    return
  }
  throw new Fault("SHUTTING_DOWN", `stopped while the record before offset ${checkpoint.offset} was read`)
}
