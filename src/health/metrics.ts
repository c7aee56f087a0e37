import type { Metric } from "../ports/metrics.js"
import type { Health } from "./health.js"

/** What operators are told of whether the process and its engines are well. */
export function healthMetrics(health: Health): Metric[] {
  return [
    {
      name: "guildhall_ready",
      help: "1 when this process should get requests; /readyz says why not.",
      type: "gauge",
      read: () => (health.unready().length === 0 ? 1 : 0),
    },
    {
      name: "guildhall_engine_up",
      help: "1 when the engine did at the last look what it is for: log, views, lake, history; /readyz says why not.",
      type: "gauge",
      labelNames: ["engine"],
      read: () =>
        health.engines.map(({ name, problem }) => ({
          labels: { engine: name },
          value: problem === null ? 1 : 0,
        })),
    },
  ]
}
