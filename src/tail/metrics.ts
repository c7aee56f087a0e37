import { counterOf, gauge, type Metric } from "../lib/metrics.js"
import type { Feed } from "./feed.js"
import type { Tail } from "./tail.js"

/** Metrics of how this process reads the log. */
export function tailMetrics(tail: Tail): Metric[] {
  return [
    gauge(
      "guildhall_log_head_offset",
      "The head of the log, exclusive, as last reported to this process.",
      () => tail.head,
    ),
    gauge(
      "guildhall_tail_offset",
      "The offset up to which this process has read the log, exclusive.",
      () => tail.position,
    ),
    gauge(
      "guildhall_tail_lag_records",
      "Records between the head of the log and the tail of this process.",
      () => tail.head - tail.position,
    ),
    counterOf(
      "guildhall_log_records_read_total",
      "Log records that this process has read, from all writers, by verdict; dead: not one of our records.",
      () => tail.verdicts,
      "verdict",
    ),
    gauge(
      "guildhall_tail_buffer_bytes",
      "Estimated memory of the judged records in the tail's buffer.",
      () => tail.buffer.bytes,
    ),
    gauge(
      "guildhall_tail_buffer_first_offset",
      "The offset of the first record in the tail's buffer; views that are behind it cannot be used.",
      () => tail.buffer.from,
    ),
  ]
}

/** Metrics of this process's subscribers. */
export function feedMetrics({ figures }: Feed): Metric[] {
  return [
    gauge("guildhall_subscribers", "Open subscriptions, by field.", () => figures.open, "field"),
    counterOf(
      "guildhall_subscription_notices_total",
      "Notices delivered to subscribers, heartbeats included, by field.",
      () => figures.delivered,
      "field",
    ),
    counterOf(
      "guildhall_subscriptions_ended_total",
      "Subscriptions that ended with a fault, by its code; those that clients ended are not counted.",
      () => figures.ended,
      "code",
    ),
  ]
}
