import { differentRecord, foreignLog } from "../log/checkpoint.js"
import { Fault } from "../ports/faults.js"
import type { Checkpoint } from "../ports/viewStore.js"
import type { Tail } from "../tail/tail.js"
import { otherBuild } from "./foldedTypes.js"

/**
 * Why an answer of the view store is unusable wherever the tail is, or null: the views are of another log, or of a build
 * that knows other events (R10, R33).
 */
function unfit(checkpoint: Checkpoint, tail: Tail): Fault | null {
  return foreignLog(checkpoint, tail.genesis) ?? otherBuild(checkpoint)
}

/**
 * Whether an answer of the view store lies ahead of the tail and must wait for it (R20). An unfit answer need not: the
 * offsets of another log mean nothing here.
 */
export function waitsForTail(checkpoint: Checkpoint, tail: Tail): boolean {
  return unfit(checkpoint, tail) === null && checkpoint.offset > tail.position
}

/** Why an answer of the view store is unusable once the tail has reached it, or null (R10, R20, R33). */
export function unusable(checkpoint: Checkpoint, tail: Tail): Fault | null {
  const fault = unfit(checkpoint, tail)
  if (fault !== null) return fault
  const before = tail.buffer.record(checkpoint.offset - 1)
  const different = before === undefined ? null : differentRecord(checkpoint, before)
  if (different !== null) return different
  return covered(checkpoint.offset, tail)
}

/** The fault when the buffer does not hold everything between a checkpoint and the tail: that is never guessed. */
export function covered(offset: number, tail: Tail): Fault | null {
  if (tail.buffer.covers(offset)) return null
  const message = `the views are as of offset ${offset}; this process's buffer holds ${tail.buffer.from} to ${tail.position}`
  return new Fault("VIEWS_BEHIND", message)
}
