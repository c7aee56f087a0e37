/** Upper bounds in seconds: from the embedded log's round trip to the deadline of a command. */
export const LATENCY_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const

const MS_PER_SECOND = 1000

/** How many durations lie within each of the bounds. */
export class Histogram {
  /** How many lie within each bound but above the one before it. */
  readonly counts: number[] = LATENCY_BOUNDS.map(() => 0)
  /** How many durations in all, those beyond the last bound included, and their sum in seconds. */
  count = 0
  sum = 0

  /** Adds a duration, in milliseconds. */
  tookMs(ms: number): void {
    const seconds = ms / MS_PER_SECOND
    const i = LATENCY_BOUNDS.findIndex(bound => seconds <= bound)
    if (i !== -1) this.counts[i] = (this.counts[i] ?? 0) + 1
    this.count += 1
    this.sum += seconds
  }
}
