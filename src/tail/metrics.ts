import { type Metric, samplesOf } from "../lib/metrics.js"
import type { Tail } from "./tail.js"
import type { Views } from "../projections/views.js"
import type { ViewsProbe } from "../projections/viewsProbe.js"

/** What operators are told of this process's reading of the log. */
export function tailMetrics(tail: Tail): Metric[] {
  return [
    {
      name: "guildhall_log_head_offset",
      help: "The head of the log, exclusive, as far as this process was told.",
      type: "gauge",
      read: () => tail.head,
    },
    {
      name: "guildhall_tail_offset",
      help: "Up to where this process has read the log, exclusive.",
      type: "gauge",
      read: () => tail.position,
    },
    {
      name: "guildhall_tail_lag_records",
      help: "Records between the head of the log and the tail of this process.",
      type: "gauge",
      read: () => tail.head - tail.position,
    },
    {
      name: "guildhall_log_records_read_total",
      help: "Records of the log that this process read, of all writers, by verdict; dead: no record of ours.",
      type: "counter",
      labelNames: ["verdict"],
      read: () => samplesOf("verdict", tail.verdicts),
    },
    {
      name: "guildhall_tail_buffer_bytes",
      help: "Memory that the judged records in the tail's buffer take, estimated.",
      type: "gauge",
      read: () => tail.buffer.bytes,
    },
    {
      name: "guildhall_tail_buffer_first_offset",
      help: "The first record in the tail's buffer; views that are behind it cannot be used.",
      type: "gauge",
      read: () => tail.buffer.from,
    },
  ]
}

/** What operators are told of the views as this process sees them: as of its last look, at most a second ago. */
export function viewsMetrics(tail: Tail, views: Views): Metric[] {
  const { answered, failed } = views.calls
  return [
    {
      name: "guildhall_views_offset",
      help: "Up to where the views have the log, exclusive.",
      type: "gauge",
      read: () => views.checkpoint?.offset ?? 0,
    },
    {
      name: "guildhall_projection_lag_records",
      help: "Records that this process has read and the views do not have.",
      type: "gauge",
      read: () => Math.max(0, tail.position - (views.checkpoint?.offset ?? 0)),
    },
    {
      name: "guildhall_projection_lag_seconds",
      help: "How old the oldest record is that the views do not have; 0 when they have all.",
      type: "gauge",
      read: () => views.lagSeconds,
    },
    {
      name: "guildhall_view_store_read_duration_seconds",
      help: "Calls that read the view store, by outcome; requests of one turn share a call.",
      type: "histogram",
      labelNames: ["outcome"],
      read: () => [
        { labels: { outcome: "answered" }, histogram: answered },
        { labels: { outcome: "failed" }, histogram: failed },
      ],
    },
  ]
}

/** What operators are told of the view store, as of the last look, a second ago. */
export function viewStoreMetrics(probe: ViewsProbe): Metric[] {
  return [
    {
      name: "guildhall_view_store_used_ratio",
      help: "The share of the view store's memory in use, 0 to 1; above 0.9 no command is taken. 0 without a bound.",
      type: "gauge",
      read: () => probe.usedShare,
    },
  ]
}
