import { pause } from "../lib/sleep.js"
import type { Stop } from "./stop.js"

/** While waiting for a command's time, how often to check whether the run is to stop. */
const SLICE_MS = 250

/** A command that could not be sent within this of its time is left out: the backlog is bounded. */
export const LATE_MAX_MS = 10_000

/** A timer may fire this late: what was due just before the end is sent after it. */
const TIMER_LATE_MS = 50

/** How much one phase of a run sends, whichever limit comes first. */
export interface Phase {
  readonly count: number
  readonly durationMs: number
  readonly stop: Stop
}

/** Decides when commands are sent. */
export interface Pace {
  /**
   * Resolves when the caller may send a command: with the time from which its latency counts, by
   * performance.now(); or with null when the phase is over.
   */
  next(): Promise<number | null>
  /** How many it has let go. */
  readonly sent: number
  /** How many were due and were not sent; null if none ever is. Final once all callers were given null. */
  readonly unsent: number | null
}

/** Closed loop: each caller sends its next command once the one before is answered. */
export class ClosedLoop implements Pace {
  sent = 0
  readonly unsent = null
  readonly #phase: Phase
  readonly #until: number

  constructor(phase: Phase) {
    this.#phase = phase
    this.#until = performance.now() + phase.durationMs
  }

  async next(): Promise<number | null> {
    const { count, stop } = this.#phase
    const now = performance.now()
    if (this.sent >= count || now >= this.#until || stop.stopped) return null
    this.sent += 1
    return now
  }
}

/**
 * Open loop: the nth command is due at n / rate, whether earlier ones are answered or not, and its latency
 * counts from then. So a stall of the server counts for all commands that it delays, not only for those that
 * were sent (see Gil Tene on coordinated omission, https://github.com/giltene/wrk2). While all callers wait for
 * answers, commands that are due wait for a caller, each for LATE_MAX_MS at most.
 */
export class OpenLoop implements Pace {
  sent = 0
  unsent = 0
  readonly #phase: Phase
  readonly #perMs: number
  readonly #begin = performance.now()
  /** How many commands callers have taken, to wait for their time. */
  #taken = 0

  constructor(phase: Phase, perSecond: number) {
    this.#phase = phase
    this.#perMs = perSecond / 1000
  }

  async next(): Promise<number | null> {
    const { count, durationMs, stop } = this.#phase
    const until = this.#begin + durationMs
    while (this.#taken < count) {
      const due = this.#begin + this.#taken / this.#perMs
      if (due >= until) break
      this.#taken += 1
      while (performance.now() < due && !stop.stopped) {
        await pause(Math.min(SLICE_MS, Math.ceil(due - performance.now())))
      }
      const now = performance.now()
      // Stopped before its time.
      if (now < due) break
      const isLate = now > due + LATE_MAX_MS || (now >= until && now > due + TIMER_LATE_MS)
      if (!isLate && !stop.stopped) {
        this.sent += 1
        return due
      }
      this.unsent += 1
    }
    return null
  }
}
