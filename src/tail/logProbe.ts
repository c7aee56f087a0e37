import type { Clock } from "../lib/clock.js"
import { assertBeginning } from "../log/genesis.js"
import { type Fault, isFault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Tail } from "./tail.js"

/** For how long a failed append outweighs a log that reports itself healthy. */
const FAILED_COUNTS_MS = 10_000

/** How the last append of this process ended. */
export interface LastAppend {
  /** In milliseconds since 1970. */
  readonly at: number
  /** Null when it was stored. */
  readonly fault: Fault | null
}

export interface LogProbeOptions {
  readonly log: Log
  readonly tail: Pick<Tail, "noteHead" | "fail">
  readonly clock: Clock
  /** Null before the first append. */
  readonly lastAppend: () => LastAppend | null
}

/**
 * Asks the log for its head, which shows how far this process's tail is behind, and whether it accepts appends. Appends
 * nothing itself. Throws what the last append threw, and what `Log.bounds` and `Log.probe` throw (LOG_UNAVAILABLE).
 * A log whose beginning was deleted fails the tail too: what this process still reads is no longer the whole log.
 */
export async function probeLog({ log, tail, clock, lastAppend }: LogProbeOptions): Promise<void> {
  const { start, head } = await log.bounds()
  tail.noteHead(head)
  assertWhole(start, tail)
  await log.probe()
  const last = lastAppend()
  if (last?.fault && clock.now() - last.at < FAILED_COUNTS_MS) throw last.fault
}

function assertWhole(start: number, tail: Pick<Tail, "fail">): void {
  try {
    assertBeginning(start)
  } catch (error) {
    if (isFault(error)) tail.fail(error)
    throw error
  }
}
