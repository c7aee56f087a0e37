import type { ServerResponse } from "node:http"
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"
import { LATENCY_BOUNDS } from "../lib/histogram.js"
import type { HistogramSample, Labels, Metric, Sample } from "../lib/metrics.js"
import { send } from "./respond.js"

/** The metrics of the process and of its runtime: one registry, as each one's observers stay for good. */
let ofProcess: Registry | null = null

/** What `/metrics` tells: of the process, and of the parts whose metrics it was given. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #ofProcess: Registry

  /** Throws when two have the same name. */
  constructor(metrics: readonly Metric[]) {
    ofProcess ??= processMetrics()
    this.#ofProcess = ofProcess
    for (const metric of metrics) register(metric, this.#registry)
  }

  /** Answers in the text format: https://prometheus.io/docs/instrumenting/exposition_formats */
  async answer(response: ServerResponse): Promise<void> {
    send(response, 200, await this.text(), { "content-type": this.#registry.contentType })
  }

  async text(): Promise<string> {
    return `${await this.#registry.metrics()}\n${await this.#ofProcess.metrics()}`
  }
}

function processMetrics(): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register })
  return register
}

/** The figures stand in the parts; here they are only read, at each scrape. */
function register(metric: Metric, registry: Registry): void {
  const { name, help } = metric
  const about = { name, help, labelNames: metric.labelNames ?? [], registers: [registry] }
  switch (metric.type) {
    case "counter":
      new Counter({
        ...about,
        collect() {
          this.reset()
          for (const { labels, value } of samples(metric.read())) this.inc(labels, value)
        },
      })
      return
    case "gauge":
      new Gauge({
        ...about,
        collect() {
          this.reset()
          for (const { labels, value } of samples(metric.read())) this.set(labels, value)
        },
      })
      return
    case "histogram":
      new ReadHistogram(about, metric.read)
  }
}

function samples(read: number | readonly Sample[]): readonly Sample[] {
  return typeof read === "number" ? [{ labels: {}, value: read }] : read
}

/** What is read of a histogram: a line. */
interface Line {
  readonly metricName: string
  readonly labels: Labels
  readonly value: number
}

/** A histogram that is kept elsewhere. */
class ReadHistogram extends Histogram {
  readonly #about: { readonly name: string; readonly help: string }
  readonly #read: () => readonly HistogramSample[]

  constructor(about: ConstructorParameters<typeof Histogram>[0], read: () => readonly HistogramSample[]) {
    super(about)
    this.#about = about
    this.#read = read
  }

  /** What the registry asks for; prom-client has no public way to set a histogram's counts. */
  async getForPromString() {
    const { name, help } = this.#about
    return { name, help, type: "histogram", values: this.#read().flatMap(sample => linesOf(name, sample)) }
  }
}

function linesOf(name: string, { labels, histogram }: HistogramSample): Line[] {
  let within = 0
  const buckets = LATENCY_BOUNDS.map((bound, i) => {
    within += histogram.counts[i] ?? 0
    return { metricName: `${name}_bucket`, labels: { le: String(bound), ...labels }, value: within }
  })
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { le: "+Inf", ...labels }, value: histogram.count },
    { metricName: `${name}_sum`, labels, value: histogram.sum },
    { metricName: `${name}_count`, labels, value: histogram.count },
  ]
}
