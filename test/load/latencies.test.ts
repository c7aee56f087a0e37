import { expect, it } from "vitest"
import { Latencies } from "../../src/load/latencies.js"

it("gives the percentiles, at most 1/32 too large", () => {
  const latencies = new Latencies()
  for (let ms = 1; ms <= 1000; ms++) latencies.add(ms)

  const { count, p50, p95, p99, max } = latencies.summary
  expect({ count, max }).toEqual({ count: 1000, max: 1000 })
  for (const [found, exact] of [
    [p50, 500],
    [p95, 950],
    [p99, 990],
  ] as const) {
    expect(found).toBeGreaterThanOrEqual(exact)
    expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 32))
  }
})

it("counts negative latencies as 0", () => {
  const latencies = new Latencies()
  latencies.add(-5)

  expect(latencies.summary).toEqual({ count: 1, p50: 0, p95: 0, p99: 0, max: 0 })
})

it("can be restarted", () => {
  const latencies = new Latencies()
  latencies.add(5)
  latencies.restart()

  expect(latencies.summary).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 })
})
