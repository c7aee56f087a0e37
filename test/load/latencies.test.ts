import { expect, it } from "vitest"
import { Latencies } from "../../src/load/latencies.js"
import { seededRandom } from "../../src/load/random.js"

const NONE = { count: 0, p50: 0, p90: 0, p95: 0, p99: 0, "p99.9": 0, max: 0 }

it("gives the percentiles to three digits", () => {
  const latencies = of(Array.from({ length: 10_000 }, (_, i) => (i + 1) / 10))

  const { count, ...found } = latencies.summary
  expect(count).toBe(10_000)
  for (const [name, exact] of Object.entries({
    ...{ p50: 500, p90: 900, p95: 950, p99: 990, "p99.9": 999, max: 1000 },
  })) {
    expect(found, name).toHaveProperty([name])
    const value = Reflect.get(found, name)
    expect(Math.abs(value - exact) / exact, `${name}: ${value}`).toBeLessThan(0.001)
  }
})

it("counts negative latencies as 0", () => {
  expect(of([-5]).summary).toEqual({ ...NONE, count: 1 })
})

it("holds an hour", () => {
  expect(of([3_600_000]).summary.max / 3_600_000).toBeCloseTo(1, 2)
})

it("can be restarted", () => {
  const latencies = of([5])
  latencies.restart()

  expect(latencies.summary).toEqual(NONE)
})

it("adds up what several processes counted as if one had", () => {
  const random = seededRandom(7)
  const values = Array.from({ length: 5000 }, () => 10 ** (6 * random() - 2))
  const parts = [0, 1, 2].map(part => of(values.filter((_, i) => i % 3 === part)))

  const total = new Latencies()
  for (const part of parts) total.addAll(Latencies.decode(part.encoded))

  expect(total.summary).toEqual(of(values).summary)
  expect(curveOf(total)).toEqual(curveOf(of(values)))
})

it("adds up nothing", () => {
  expect(Latencies.decode(new Latencies().encoded).summary).toEqual(NONE)
})

function curveOf(latencies: Latencies): number[] {
  return Array.from({ length: 1001 }, (_, i) => latencies.at(i / 10))
}

function of(values: readonly number[]): Latencies {
  const latencies = new Latencies()
  for (const value of values) latencies.add(value)
  return latencies
}
