import { expect, test } from "vitest"
import { Histogram, LATENCY_BOUNDS } from "../../src/lib/histogram.js"

test("a duration counts within the first bound that it does not exceed", () => {
  const histogram = new Histogram()

  histogram.tookMs(1)
  histogram.tookMs(2)
  histogram.tookMs(2.5)
  histogram.tookMs(100)

  const counted = LATENCY_BOUNDS.map((bound, i) => [bound, histogram.counts[i]]).filter(([, count]) => count)
  expect(counted).toEqual([
    [0.001, 1],
    [0.0025, 2],
    [0.1, 1],
  ])
})

test("a duration beyond the last bound is in the count and the sum", () => {
  const histogram = new Histogram()

  histogram.tookMs(1000)
  histogram.tookMs(60_000)

  expect(histogram.count).toBe(2)
  expect(histogram.sum).toBe(61)
  expect(histogram.counts.reduce((sum, count) => sum + count)).toBe(1)
})
