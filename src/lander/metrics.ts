import { counterOf, gauge, type Metric, oneOf } from "../lib/metrics.js"
import { CONSUMER_STATES } from "../log/consumerState.js"
import type { Lander } from "./lander.js"
import type { LandingLag } from "./landingLag.js"

/** Metrics of this process's lander. */
export function landerMetrics(lander: Lander): Metric[] {
  return [
    gauge(
      "guildhall_lander_state",
      "1 for the state that this process's lander is in: active, standby, failed or stopped.",
      () => oneOf(CONSUMER_STATES, lander.state),
      "state",
    ),
    gauge(
      "guildhall_lander_troubled",
      "1 while this process's lander is retrying or has failed; status and /readyz say why.",
      () => (lander.fault === null && lander.problem === null ? 0 : 1),
    ),
    lander.durations,
    counterOf(
      "guildhall_lander_files_total",
      "Parquet files that this lander has published.",
      () => lander.figures.files,
    ),
    counterOf(
      "guildhall_lander_rows_total",
      "Events that this lander has landed.",
      () => lander.figures.rows,
    ),
    counterOf(
      "guildhall_lander_bytes_total",
      "Bytes of the Parquet files that this lander has published.",
      () => lander.figures.bytes,
    ),
    counterOf(
      "guildhall_lander_retries_total",
      "How often this lander had to retry because the lake or the log failed.",
      () => lander.figures.retries,
    ),
  ]
}

/** Metrics of how far the lake is behind, whichever process lands the log. */
export function landingMetrics(lag: LandingLag): Metric[] {
  return [
    gauge(
      "guildhall_landed_offset",
      "The offset up to which the log is in the lake, as far as this process knows; no value until the lake was read.",
      () => lag.landed,
    ),
    gauge(
      "guildhall_landing_lag_records",
      "Records of the log that the lake does not have yet.",
      () => lag.records,
    ),
    gauge(
      "guildhall_landing_lag_seconds",
      "Age of the oldest record that the lake does not have yet; 0 when it has all.",
      () => lag.seconds,
    ),
    gauge(
      "guildhall_landing_late",
      "1 while that age is more than LAND_WITHIN allows; status and /readyz report it.",
      () => (lag.problem === null ? 0 : 1),
    ),
  ]
}
