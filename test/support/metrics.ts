import { Registry } from "prom-client"
import type { Labels, Metric } from "../../src/lib/metrics.js"
import { type ExposedMetric, parseExposition } from "./exposition.js"

/** What a scrape of these metrics shows. */
export async function exposed(metrics: readonly Metric[]): Promise<Map<string, ExposedMetric>> {
  const registry = new Registry()
  for (const metric of metrics) registry.registerMetric(metric)
  return parseExposition(await registry.metrics())
}

/** The value that a metric has with these labels, of a histogram how many there are; 0 where it has no such sample. */
export async function valueFrom(
  metrics: readonly Metric[],
  name: string,
  labels: Labels = {},
): Promise<number> {
  const metric = (await exposed(metrics)).get(name)
  if (metric === undefined) throw new Error(`no metric ${name}`)
  const sampled = metric.type === "histogram" ? `${name}_count` : name
  return metric.samples.find(sample => sample.name === sampled && matches(sample.labels, labels))?.value ?? 0
}

/** The sum of what each process's metrics have. */
export async function totalFrom(
  processes: readonly (readonly Metric[])[],
  name: string,
  labels: Labels = {},
): Promise<number> {
  const values = await Promise.all(processes.map(metrics => valueFrom(metrics, name, labels)))
  return values.reduce((total, value) => total + value, 0)
}

function matches(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}
