import { Counter, Gauge, Histogram, type Metric } from "prom-client"

// Metrics are made by these functions alone, each declared once. Names are `guildhall_…`, by
// https://prometheus.io/docs/practices/naming: a counter ends in `_total`, units are base units.
// None is in a registry until a server exposes it, so that two servers of a process each count for themselves.

export type { Metric }

/** Label values by name. The values are ours, never a client's text: each new one adds a series permanently. */
export type Labels<L extends string = string> = Readonly<Record<L, string>>

/** Upper bounds in seconds: from the embedded log's round trip to the deadline of a command. */
const LATENCY_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** A counter that its owner increments. The given series show 0 from the start. */
export function counter<L extends string = never>(
  name: string,
  help: string,
  labelNames: readonly L[] = [],
  series: readonly Labels<L>[] = [],
): Counter<L> {
  const made = new Counter({ name, help, labelNames, registers: [] })
  for (const labels of series) made.inc(labels, 0)
  return made
}

/** Durations that its part observes, in seconds. The given series show 0 from the start. */
export function histogram<L extends string = never>(
  name: string,
  help: string,
  labelNames: readonly L[] = [],
  series: readonly Labels<L>[] = [],
): Histogram<L> {
  const made = new Histogram({ name, help, labelNames, buckets: [...LATENCY_BOUNDS], registers: [] })
  for (const labels of series) made.zero(labels)
  return made
}

/**
 * A figure that a part keeps anyway, read at each scrape; null while there is none. With a label: figures by its values.
 * Reading looks at memory only: it never waits and never throws.
 */
type Source =
  | readonly [read: () => number | null]
  | readonly [read: () => Readonly<Record<string, number>>, label: string]

/** A gauge, read at each scrape. */
export function gauge(name: string, help: string, ...source: Source): Gauge {
  return new Gauge(readAtScrape(name, help, source))
}

/** A counter whose count a part keeps anyway, read at each scrape. */
export function counterOf(name: string, help: string, ...source: Source): Counter {
  return new Counter(readAtScrape(name, help, source))
}

/** A gauge of what does not change, in its labels; its value is 1. */
export function info<L extends string>(name: string, help: string, labels: Labels<L>): Gauge {
  const made = new Gauge({ name, help, labelNames: Object.keys(labels), registers: [] })
  made.set(labels, 1)
  return made
}

/** 1 for the state it is in, 0 for each other. */
export function oneOf<S extends string>(states: readonly S[], current: S): Readonly<Record<string, number>> {
  return Object.fromEntries(states.map(state => [state, state === current ? 1 : 0]))
}

/** What gauges and counters have in common. */
interface Refillable {
  reset(): void
  remove(): void
  inc(labels: Labels, value: number): void
}

function readAtScrape(name: string, help: string, [read, label = ""]: Source) {
  return {
    ...{ name, help, labelNames: label === "" ? [] : [label], registers: [] },
    collect(this: Refillable) {
      const now = read()
      this.reset()
      // Without labels, a reset leaves a 0.
      if (now === null) this.remove()
      else if (typeof now === "number") this.inc({}, now)
      else for (const [value, figure] of Object.entries(now)) this.inc({ [label]: value }, figure)
    },
  }
}
