import type { Labels, Metric } from "../../src/lib/metrics.js"

/** The value that a metric has with these labels, of a histogram how many there are; 0 where it has no such sample. */
export function valueFrom(metrics: readonly Metric[], name: string, labels: Labels = {}): number {
  const metric = metrics.find(one => one.name === name)
  if (metric === undefined) throw new Error(`no metric ${name}`)
  if (metric.type === "histogram") {
    return metric.read().find(sample => matches(sample.labels, labels))?.histogram.count ?? 0
  }
  const read = metric.read()
  if (typeof read === "number") return read
  return read.find(sample => matches(sample.labels, labels))?.value ?? 0
}

function matches(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}
