import type { Histogram } from "./histogram.js"

/** Label names and values. The values are ours, never a client's text: each new value is one more series for good. */
export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

export interface HistogramSample {
  readonly labels: Labels
  readonly histogram: Histogram
}

interface Named {
  /** `guildhall_…`, by https://prometheus.io/docs/practices/naming: a counter ends in `_total`, units are base units. */
  readonly name: string
  /** Text for people. */
  readonly help: string
  /** The labels of every sample; none by default. */
  readonly labelNames?: readonly string[]
}

/**
 * A figure that a part of the process shows to operators. The part keeps the figure itself, so that counting costs no
 * more than an increment; it is read on demand. Reading looks at memory only: it never waits and never throws.
 */
export type Metric = Named &
  (
    | { readonly type: "counter" | "gauge"; readonly read: () => number | readonly Sample[] }
    | { readonly type: "histogram"; readonly read: () => readonly HistogramSample[] }
  )

/** Samples by the values of one label. */
export function samplesOf(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }))
}
