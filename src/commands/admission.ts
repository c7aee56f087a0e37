import { Fault } from "../ports/faults.js"
import type { Checkpoint } from "../ports/viewStore.js"
import type { Tail } from "../tail/tail.js"

/** At most this many commands may be open in one process. */
export const COMMANDS_MAX = 20_000

/** The views are in danger when their checkpoint lies within this oldest share of a full buffer. */
const BUFFER_MARGIN = 0.1

/**
 * Why no new command is accepted (R25), or null. Nothing is sent that would expire or could not be decided.
 */
export function admission(tail: Tail, checkpoint: Checkpoint | null, open: number): Fault | null {
  if (tail.fault !== null) return tail.fault
  if (open >= COMMANDS_MAX) return overloaded(`${open} commands are open, the most allowed`)
  if (isBehind(tail)) return overloaded(`this process is ${tail.head - tail.position} records behind the log`)
  const { buffer } = tail
  const margin = buffer.from + (buffer.end - buffer.from) * BUFFER_MARGIN
  if (buffer.evicting && checkpoint !== null && checkpoint.offset < margin) {
    return overloaded(
      `the views are ${tail.position - checkpoint.offset} records behind, near the end of the buffer`,
    )
  }
  return null
}

/** Whether this process is so far behind the log that what it sends could expire. */
export function isBehind(tail: Tail): boolean {
  return tail.head - tail.position > tail.genesis.lagMax / 2
}

function overloaded(why: string): Fault {
  return new Fault("OVERLOADED", why)
}
