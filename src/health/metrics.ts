import type { Metric } from "../lib/metrics.js"
import type { Health } from "./health.js"

/** Metrics of the health of the process and its engines. */
export function healthMetrics(health: Health): Metric[] {
  return [
    {
      name: "guildhall_ready",
      help: "1 when this process should get requests; when 0, /readyz says why.",
      type: "gauge",
      read: () => (health.unready().length === 0 ? 1 : 0),
    },
    {
      name: "guildhall_engine_up",
      help: "1 when the last check of the engine (log, views, lake, history) succeeded; when 0, /readyz says why.",
      type: "gauge",
      labelNames: ["engine"],
      read: () =>
        health.engines.map(({ name, problem }) => ({
          labels: { engine: name },
          value: problem === null ? 1 : 0,
        })),
    },
    {
      name: "guildhall_stalled_readers",
      help: "Processes stalled in the middle of a read of the embedded store (log, views); its file grows meanwhile.",
      type: "gauge",
      labelNames: ["store"],
      read: () =>
        Object.entries(health.stalledReaders).map(([store, readers]) => ({
          labels: { store },
          value: readers.length,
        })),
    },
  ]
}
