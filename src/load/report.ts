import { Latencies, type LatencySummary, round } from "./latencies.js"
import type { Measured } from "./measure.js"
import { sum } from "./merge.js"

/**
 * The figures of a run. Latencies are in milliseconds, from the first request, or in an open loop from when it
 * was due, to the definite answer.
 */
export interface LoadReport {
  readonly seconds: number
  /** Those with a definite answer: effective or refused. */
  readonly commands: number
  readonly effective: number
  readonly effectivePerSecond: number
  readonly refused: number
  readonly refusals: Readonly<Record<string, number>>
  readonly latencyMs: Omit<LatencySummary, "count">
  readonly retries: number
  readonly replayed: number
  readonly faults: Readonly<Record<string, number>>
  /** How many commands of an open loop were due and not sent; null in a closed loop. */
  readonly unsent: number | null
}

export function reportOf(measured: Measured): LoadReport {
  const { beganAt, endedAt, effective, refusals, retries, replayed, faults, unsent } = measured
  const seconds = (endedAt - beganAt) / 1000
  const { count: commands, ...latencyMs } = Latencies.decode(measured.latencies).summary
  return {
    seconds: round(seconds),
    commands,
    effective,
    effectivePerSecond: Math.round(effective / seconds),
    refused: sum(Object.values(refusals)),
    refusals,
    latencyMs,
    retries,
    replayed,
    faults,
    unsent,
  }
}
