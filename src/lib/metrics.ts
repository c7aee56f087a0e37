import type { Histogram } from "./histogram.js"

/** Label names and values. The values are ours, never a client's text: each new one is a series that stays. */
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
  /** For a person. */
  readonly help: string
  /** Of all samples; none unless told. */
  readonly labelNames?: readonly string[]
}

/**
 * What a part of the process tells operators. It keeps the figures itself, so that counting costs it no more than an
 * increment; they are read when somebody asks. Reading looks at memory only: it never waits and never throws.
 */
export type Metric = Named &
  (
    | { readonly type: "counter" | "gauge"; readonly read: () => number | readonly Sample[] }
    | { readonly type: "histogram"; readonly read: () => readonly HistogramSample[] }
  )

/** Samples of one label. */
export function samplesOf(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }))
}
