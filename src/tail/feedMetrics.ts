import { type Metric, samplesOf } from "../lib/metrics.js"
import type { Feed } from "./feed.js"

/** What operators are told of this process's subscribers. */
export function feedMetrics({ figures }: Feed): Metric[] {
  return [
    {
      name: "guildhall_subscribers",
      help: "Subscriptions that are open, by field.",
      type: "gauge",
      labelNames: ["field"],
      read: () => samplesOf("field", figures.open),
    },
    {
      name: "guildhall_subscription_notices_total",
      help: "Notices that subscribers took, heartbeats included, by field.",
      type: "counter",
      labelNames: ["field"],
      read: () => samplesOf("field", figures.told),
    },
    {
      name: "guildhall_subscriptions_ended_total",
      help: "Subscriptions that ended by a fault, by its code; not those that clients ended.",
      type: "counter",
      labelNames: ["code"],
      read: () => samplesOf("code", figures.ended),
    },
  ]
}
