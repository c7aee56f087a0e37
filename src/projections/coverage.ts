import { differentRecord, foreignLog } from "../log/checkpoint.js"
import { Fault } from "../ports/faults.js"
import type { Checkpoint } from "../ports/viewStore.js"
import type { Tail } from "../tail/tail.js"
import { otherBuild } from "./foldedTypes.js"

/**
 * What makes an answer of the view store useless wherever the tail is, or null: views of another log, or of a build that
 * knows other events (R10, R33).
 */
function unfit(checkpoint: Checkpoint, tail: Tail): Fault | null {
  return foreignLog(checkpoint, tail.genesis) ?? otherBuild(checkpoint)
}

/**
 * An answer of the view store that lies ahead of the tail waits until the tail is there (R20). Not one that does not fit:
 * the offsets of another log mean nothing here.
 */
export function waitsForTail(checkpoint: Checkpoint, tail: Tail): boolean {
  return unfit(checkpoint, tail) === null && checkpoint.offset > tail.position
}

/** What makes an answer of the view store useless once the tail is there, or null (R10, R20, R33). */
export function unusable(checkpoint: Checkpoint, tail: Tail): Fault | null {
  const fault = unfit(checkpoint, tail)
  if (fault !== null) return fault
  const before = tail.buffer.record(checkpoint.offset - 1)
  const different = before === undefined ? null : differentRecord(checkpoint, before)
  if (different !== null) return different
  return covered(checkpoint.offset, tail)
}

/** What lies between a checkpoint and the tail must come from the buffer: never a guess. */
export function covered(offset: number, tail: Tail): Fault | null {
  if (tail.buffer.covers(offset)) return null
  const message = `the views are as of offset ${offset}; this process's buffer holds ${tail.buffer.from} to ${tail.position}`
  return new Fault("VIEWS_BEHIND", message)
}
