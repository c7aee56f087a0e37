import { gauge, type Metric } from "../lib/metrics.js"
import type { Health } from "./health.js"

/** Metrics of the health of the process and its engines. */
export function healthMetrics(health: Health): Metric[] {
  return [
    gauge("guildhall_ready", "1 when this process should get requests; when 0, /readyz says why.", () =>
      health.unready().length === 0 ? 1 : 0,
    ),
    gauge(
      "guildhall_engine_up",
      "1 when the last check of the engine (log, views, lake, history) succeeded; when 0, /readyz says why.",
      () => Object.fromEntries(health.engines.map(({ name, problem }) => [name, problem === null ? 1 : 0])),
      "engine",
    ),
    gauge(
      "guildhall_stalled_readers",
      "Processes stalled in the middle of a read of the embedded store (log, views); its file grows meanwhile.",
      () => {
        const { log, views } = health.stalledReaders
        return { log: log.length, views: views.length }
      },
      "store",
    ),
  ]
}
