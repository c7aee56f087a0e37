import type { Metric } from "../lib/metrics.js"
import { LANDER_STATES, type Lander } from "./lander.js"
import type { LandingLag } from "./landingLag.js"

/** Metrics of this process's lander. */
export function landerMetrics(lander: Lander): Metric[] {
  return [...ofState(lander), ...ofWork(lander)]
}

/** Metrics of how far the lake is behind, whichever process lands the log. */
export function landingMetrics(lag: LandingLag): Metric[] {
  return [
    {
      name: "guildhall_landed_offset",
      help: "The offset up to which the log is in the lake, as far as this process knows; no value until the lake was read.",
      type: "gauge",
      read: () => (lag.landed === null ? [] : lag.landed),
    },
    {
      name: "guildhall_landing_lag_records",
      help: "Records of the log that the lake does not have yet.",
      type: "gauge",
      read: () => lag.records,
    },
    {
      name: "guildhall_landing_lag_seconds",
      help: "Age of the oldest record that the lake does not have yet; 0 when it has all.",
      type: "gauge",
      read: () => lag.seconds,
    },
    {
      name: "guildhall_landing_late",
      help: "1 while that age is more than LAND_WITHIN allows; status and /readyz report it.",
      type: "gauge",
      read: () => (lag.problem === null ? 0 : 1),
    },
  ]
}

function ofState(lander: Lander): Metric[] {
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
      help: "1 while this process's lander is retrying or has failed; status and /readyz say why.",
      type: "gauge",
      read: () => (lander.fault === null && lander.problem === null ? 0 : 1),
    },
  ]
}

function ofWork({ figures, durations }: Lander): Metric[] {
  return [
    {
      name: "guildhall_landing_duration_seconds",
      help: "Time from a full batch to its commit in the lake's table.",
      type: "histogram",
      read: () => [{ labels: {}, histogram: durations }],
    },
    {
      name: "guildhall_lander_files_total",
      help: "Parquet files that this lander has published.",
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
      help: "Bytes of the Parquet files that this lander has published.",
      type: "counter",
      read: () => figures.bytes,
    },
    {
      name: "guildhall_lander_retries_total",
      help: "How often this lander had to retry because the lake or the log failed.",
      type: "counter",
      read: () => figures.retries,
    },
  ]
}
