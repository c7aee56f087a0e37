import type { Random } from "../lib/clock.js"

/**
 * How long to wait before claiming aggregates again after a void verdict, or after a win during which a rival's claim was
 * read: a random 0 to 2 round trips (R24). Without it, rivals on several aggregates void each other in turn
 * for seconds.
 */
export function rivalPause(roundTripMs: number, random: Random): number {
  return 2 * roundTripMs * random()
}

/** The most that one round trip counts: a process that stood still for a minute must not pause for seconds. */
const ROUND_TRIP_MAX_MS = 1000

/** The time from sending a commit to reading its verdict, smoothed, in milliseconds. */
export class RoundTrip {
  #ms = 5

  get ms(): number {
    return this.#ms
  }

  took(ms: number): void {
    this.#ms += (Math.min(ms, ROUND_TRIP_MAX_MS) - this.#ms) / 8
  }
}
