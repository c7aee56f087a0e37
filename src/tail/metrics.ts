import { type Metric, samplesOf } from "../lib/metrics.js"
import type { Tail } from "./tail.js"

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
