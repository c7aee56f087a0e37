import type { Clock } from "../ports/clock.js"
import type { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Tail } from "./tail.js"

/** How long an append that failed counts for more than what the log says of itself. */
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
  readonly tail: Pick<Tail, "told">
  readonly clock: Clock
  /** Null when there was none yet. */
  readonly lastAppend: () => LastAppend | null
}

/**
 * Asks the log for its head, which shows how far this process's tail is behind, and whether it takes appends. Appends
 * nothing itself. Throws what the last append threw, LOG_UNAVAILABLE, and what else `Log.bounds` and `Log.probe` throw.
 */
export async function probeLog({ log, tail, clock, lastAppend }: LogProbeOptions): Promise<void> {
  const { head } = await log.bounds()
  tail.told(head)
  await log.probe()
  const last = lastAppend()
  if (last?.fault && clock.now() - last.at < FAILED_COUNTS_MS) throw last.fault
}
