import { Latencies, round } from "../latencies.js"
import type { Measured } from "../measure.js"

/** One second of a run, as it is drawn. Latencies are null if nothing was answered. */
export interface TimelinePoint {
  readonly second: number
  readonly answered: number
  readonly effective: number
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

/**
 * Every second of a run, also those in which nothing was answered. The last one is left out if it was not a
 * whole second, as its numbers would look like a slump; a run of less than a second has it alone.
 */
export function timelineOf({ beganAt, endedAt, seconds }: Measured): TimelinePoint[] {
  const bySecond = new Map(seconds.map(one => [one.second, one]))
  const count = Math.max(1, Math.floor((endedAt - beganAt) / 1000))
  return Array.from({ length: count }, (_, second) => {
    const found = bySecond.get(second)
    if (found === undefined) return { second, answered: 0, effective: 0, p50: null, p99: null, max: null }
    const { count: answered, p50, p99, max } = Latencies.decode(found.latencies).summary
    return { second, answered, effective: found.effective, p50, p99, max }
  })
}

/** A point of the curve of percentiles. */
export interface PercentilePoint {
  /** 1 / (1 - percentile / 100): 10 for p90, 100 for p99. Each power of ten is one more nine. */
  readonly oneIn: number
  readonly ms: number
}

/** How many points for each factor of ten. */
const STEPS = 20

/** From the median's side to the highest latency, as far as the number of commands can tell. */
export function percentilesOf({ latencies: encoded }: Measured): PercentilePoint[] {
  const latencies = Latencies.decode(encoded)
  const steps = Math.floor(Math.log10(Math.max(1, latencies.count)) * STEPS)
  return Array.from({ length: steps + 1 }, (_, step) => {
    const oneIn = 10 ** (step / STEPS)
    return { oneIn: round(oneIn), ms: latencies.at(100 * (1 - 1 / oneIn)) }
  })
}
