/** The median and the 99th percentile, for people. */
export function quantiles(values: number[]): string {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}
