import { describe, expect, it } from "vitest"
import { percentileText } from "../../../src/load/html/charts.js"
import { pageOf } from "../../../src/load/html/page.js"
import { percentilesOf, timelineOf } from "../../../src/load/html/timeline.js"
import { Latencies } from "../../../src/load/latencies.js"
import type { Measured } from "../../../src/load/measure.js"
import type { LoadResult } from "../../../src/load/result.js"

const began = Date.UTC(2026, 0, 1)

describe("the page about a run", () => {
  it("needs nothing from elsewhere", () => {
    const page = pageWith({})

    expect(page).not.toMatch(/<(script|link|img|iframe)\b|@import|url\((?!#)|\b(src|href)=["'](?!#)/i)
    // SVG names its own language; nothing is loaded from there.
    const addresses = [...page.matchAll(/https?:\/\/[^\s"'<]+/g)].map(([address]) => address)
    expect(new Set(addresses)).toEqual(
      new Set(["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://game.example/graphql"]),
    )
  })

  it("has three charts, the settings and the totals", () => {
    const page = pageWith({})

    expect(page.match(/<svg /g)).toHaveLength(3)
    for (const text of ["Latency over time", "Latency by percentile", "Throughput over time"]) {
      expect(page).toContain(text)
    }
    expect(page).toMatch(/servers<\/th><td>http:\/\/game\.example\/graphql</)
    expect(page).toMatch(/commands<\/th><td>5</)
    expect(page).toMatch(/refused<\/th><td>1 \(NOT_ENOUGH_GOLD 1\)</)
    expect(page).toMatch(/due but not sent<\/th><td>7</)
    expect(page).toMatch(/p99\.9<\/th><td>250\.\d+ ms</)
    expect(page).toContain("Every answer was right.")
  })

  it("shows what was wrong, as text", () => {
    const page = pageWith({ wrongAnswers: 1, shown: ['expected <b>alice</b> & got "eve"'] })

    expect(page).toContain("Something was wrong.")
    expect(page).toContain("<li>expected &lt;b&gt;alice&lt;/b&gt; &amp; got &quot;eve&quot;</li>")
  })

  it("can be made of a run in which nothing was answered", () => {
    const nothing = { ...measured, effective: 0, refusals: {}, latencies: encoded([]), seconds: [] }

    expect(pageWith({ run: { id: "r1", measured: nothing } }).match(/<svg /g)).toHaveLength(3)
  })
})

describe("the timeline", () => {
  it("has every second, also one without an answer, but not the last one, which was not whole", () => {
    const points = timelineOf(measured)

    expect(points.map(({ second, answered, effective }) => [second, answered, effective])).toEqual([
      [0, 2, 2],
      [1, 0, 0],
      [2, 2, 1],
    ])
    expect(points.map(({ max }) => max && Math.round(max))).toEqual([20, null, 250])
  })
})

describe("the percentiles", () => {
  it("rise from the lowest latency to the highest, as far as the number of commands tells", () => {
    const points = percentilesOf({
      ...measured,
      latencies: encoded(Array.from({ length: 1000 }, (_, i) => i + 1)),
    })

    expect(points[0]?.oneIn).toBe(1)
    expect(points.at(-1)?.oneIn).toBe(1000)
    expect(points.find(({ oneIn }) => oneIn === 100)?.ms).toBeCloseTo(990, -1)
  })

  it("have as many nines as they need", () => {
    expect([1, 10, 100, 1000, 10_000].map(percentileText)).toEqual([
      ...["0 %", "90 %", "99 %", "99.9 %", "99.99 %"],
    ])
  })
})

const measured: Measured = {
  beganAt: began,
  endedAt: began + 3400,
  ...{ effective: 4, replayed: 0, retries: 0, refusals: { NOT_ENOUGH_GOLD: 1 }, faults: {}, unsent: 7 },
  latencies: encoded([10, 20, 30, 250, 40]),
  seconds: [
    { second: 0, effective: 2, latencies: encoded([10, 20]) },
    { second: 2, effective: 1, latencies: encoded([30, 250]) },
    { second: 3, effective: 1, latencies: encoded([40]) },
  ],
}

function pageWith(found: Partial<LoadResult>): string {
  const result: LoadResult = {
    run: { id: "r1", measured },
    ...{ wrongAnswers: 0, failed: 0, inDoubt: 0, audience: null, differences: null, died: [], shown: [] },
    ...found,
  }
  const { id, measured: figures } = result.run ?? { id: "r1", measured }
  const settings = { servers: "http://game.example/graphql", players: 200 }
  return pageOf({ id, measured: figures, result, settings, rate: 100 })
}

function encoded(values: readonly number[]): string {
  const latencies = new Latencies()
  for (const value of values) latencies.add(value)
  return latencies.encoded
}
