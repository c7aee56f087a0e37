import type { Clock } from "../ports/clock.js"
import type { Metric } from "../ports/metrics.js"
import { LANDER_STATES, type Lander } from "./lander.js"

const MS_PER_SECOND = 1000

/** What the process knows of the log. */
export interface KnownLog {
  readonly head: number
  /** The append time of the oldest known record from an offset on; null when there is none, or it is not known. */
  appendedAt(offset: number): number | null
}

/** What operators are told of this process's lander. */
export function landerMetrics(lander: Lander, log: KnownLog, clock: Clock): Metric[] {
  return [...ofLag(lander, log, clock), ...ofWork(lander)]
}

function ofLag(lander: Lander, log: KnownLog, clock: Clock): Metric[] {
  return [
    {
      name: "guildhall_lander_state",
      help: "1 for the state that this process's lander is in: active, standby, failed or stopped.",
      type: "gauge",
      labelNames: ["state"],
      read: () => LANDER_STATES.map(state => ({ labels: { state }, value: lander.state === state ? 1 : 0 })),
    },
    {
      name: "guildhall_lander_troubled",
      help: "1 while this process's lander tries again or has failed; status and /readyz say why.",
      type: "gauge",
      read: () => (lander.fault === null && lander.problem === null ? 0 : 1),
    },
    {
      name: "guildhall_landed_offset",
      help: "The offset up to which the log is in the lake, as far as this process knows.",
      type: "gauge",
      read: () => lander.landed,
    },
    {
      name: "guildhall_landing_lag_records",
      help: "Records of the log that the lake does not have.",
      type: "gauge",
      read: () => Math.max(0, log.head - lander.landed),
    },
    {
      name: "guildhall_landing_lag_seconds",
      help: "How old the oldest record is that the lake does not have; 0 when it has all.",
      type: "gauge",
      read: () => lagOf(lander.landed, log, clock),
    },
  ]
}

function ofWork({ figures, durations }: Lander): Metric[] {
  return [
    {
      name: "guildhall_landing_duration_seconds",
      help: "From a full batch to its commit of the lake's table.",
      type: "histogram",
      read: () => [{ labels: {}, histogram: durations }],
    },
    {
      name: "guildhall_lander_files_total",
      help: "Parquet files that this lander has made count.",
      type: "counter",
      read: () => figures.files,
    },
    {
      name: "guildhall_lander_rows_total",
      help: "Events that this lander has landed.",
      type: "counter",
      read: () => figures.rows,
    },
    {
      name: "guildhall_lander_bytes_total",
      help: "Bytes of the Parquet files that this lander has made count.",
      type: "counter",
      read: () => figures.bytes,
    },
    {
      name: "guildhall_lander_retries_total",
      help: "How often this lander had to begin again because the lake or the log failed.",
      type: "counter",
      read: () => figures.retries,
    },
  ]
}

/** In seconds. What the process no longer knows is older than what it does. */
function lagOf(landed: number, log: KnownLog, clock: Clock): number {
  const at = landed >= log.head ? null : log.appendedAt(landed)
  return at === null ? 0 : Math.max(0, clock.now() - at) / MS_PER_SECOND
}
