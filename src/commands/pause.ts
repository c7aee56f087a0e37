import type { Random } from "../ports/clock.js"

/**
 * How long to leave aggregates alone after a void verdict, or after a win during which a rival's claim was read:
 * 0 to 2 round trips, by chance (R24). Without it rivals on several aggregates void each other in turn for seconds.
 */
export function rivalPause(roundTripMs: number, random: Random): number {
  return 2 * roundTripMs * random()
}

/** The time from sending a commit to reading its verdict, smoothed, in milliseconds. */
export class RoundTrip {
  #ms = 5

  get ms(): number {
    return this.#ms
  }

  took(ms: number): void {
    this.#ms += (ms - this.#ms) / 8
  }
}
