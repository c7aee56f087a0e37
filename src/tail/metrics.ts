import { type Metric, samplesOf } from "../lib/metrics.js"
import type { Tail } from "./tail.js"

/** Metrics of how this process reads the log. */
export function tailMetrics(tail: Tail): Metric[] {
  return [
    {
      name: "guildhall_log_head_offset",
      help: "The head of the log, exclusive, as last reported to this process.",
      type: "gauge",
      read: () => tail.head,
    },
    {
      name: "guildhall_tail_offset",
      help: "The offset up to which this process has read the log, exclusive.",
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
      help: "Log records that this process has read, from all writers, by verdict; dead: not one of our records.",
      type: "counter",
      labelNames: ["verdict"],
      read: () => samplesOf("verdict", tail.verdicts),
    },
    {
      name: "guildhall_tail_buffer_bytes",
      help: "Estimated memory of the judged records in the tail's buffer.",
      type: "gauge",
      read: () => tail.buffer.bytes,
    },
    {
      name: "guildhall_tail_buffer_first_offset",
      help: "The offset of the first record in the tail's buffer; views that are behind it cannot be used.",
      type: "gauge",
      read: () => tail.buffer.from,
    },
  ]
}
