import { type Metric, samplesOf } from "../lib/metrics.js"
import type { Feed } from "./feed.js"

/** Metrics of this process's subscribers. */
export function feedMetrics({ figures }: Feed): Metric[] {
  return [
    {
      name: "guildhall_subscribers",
      help: "Open subscriptions, by field.",
      type: "gauge",
      labelNames: ["field"],
      read: () => samplesOf("field", figures.open),
    },
    {
      name: "guildhall_subscription_notices_total",
      help: "Notices delivered to subscribers, heartbeats included, by field.",
      type: "counter",
      labelNames: ["field"],
      read: () => samplesOf("field", figures.delivered),
    },
    {
      name: "guildhall_subscriptions_ended_total",
      help: "Subscriptions that ended with a fault, by its code; those that clients ended are not counted.",
      type: "counter",
      labelNames: ["code"],
      read: () => samplesOf("code", figures.ended),
    },
  ]
}
