import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { Latencies } from "../../src/load/latencies.js"
import { Measure, type Measured } from "../../src/load/measure.js"
import { mergeMeasured } from "../../src/load/merge.js"
import { reportOf } from "../../src/load/report.js"
import type { Sent } from "../../src/load/sender.js"

const TRIES = { retries: 0, faults: new Map<string, number>(), unsent: null }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] })
})
afterEach(() => {
  vi.useRealTimers()
})

it("reports what was answered after the warm-up", () => {
  const measure = new Measure()
  measure.add(answer(), 500)
  vi.advanceTimersByTime(700)
  measure.restart()
  measure.add(answer(), 10)
  measure.add(answer("NOT_ENOUGH_GOLD"), 20)
  vi.advanceTimersByTime(2000)

  const report = reportOf(measure.measured({ retries: 3, faults: new Map([["CONFLICT", 3]]), unsent: 4 }))

  expect(report).toMatchObject({
    ...{ seconds: 2, commands: 2, effective: 1, effectivePerSecond: 1, unsent: 4 },
    ...{ refused: 1, refusals: { NOT_ENOUGH_GOLD: 1 }, retries: 3, faults: { CONFLICT: 3 }, replayed: 0 },
  })
  expect(report.latencyMs.p50).toBeCloseTo(10, 1)
  expect(report.latencyMs.max).toBeCloseTo(20, 1)
})

it("keeps the latencies of each second in which something was answered", () => {
  const measure = new Measure()
  measure.add(answer(), 10)
  vi.advanceTimersByTime(999)
  measure.add(answer("NOT_ENOUGH_GOLD"), 20)
  vi.advanceTimersByTime(2001)
  measure.add(answer(), 250)

  expect(secondsOf(measure.measured(TRIES))).toEqual([
    [0, 1, 2, 20],
    [3, 1, 1, 250],
  ])
})

it("adds up processes second by second, also if one began later", () => {
  const first = new Measure()
  first.add(answer(), 10)
  vi.advanceTimersByTime(1100)
  const second = new Measure()
  second.add(answer("NOT_ENOUGH_GOLD"), 30)
  first.add(answer(), 20)
  vi.advanceTimersByTime(900)
  const faults = new Map([["CONFLICT", 1]])

  const merged = mergeMeasured([
    first.measured({ retries: 1, faults, unsent: 1 }),
    second.measured({ retries: 2, faults, unsent: 0 }),
  ])

  expect(reportOf(merged)).toMatchObject({
    ...{ seconds: 2, commands: 3, effective: 2, refused: 1, retries: 3, faults: { CONFLICT: 2 }, unsent: 1 },
  })
  expect(secondsOf(merged)).toEqual([
    [0, 1, 1, 10],
    [1, 1, 2, 30],
  ])
})

/** The number of each second, what was effective, what was answered, and the highest latency. */
function secondsOf({ seconds }: Measured): number[][] {
  return seconds.map(({ second, effective, latencies }) => {
    const { count, max } = Latencies.decode(latencies).summary
    return [second, effective, count, Math.round(max)]
  })
}

function answer(refusal?: string): Sent {
  const refused = refusal === undefined ? null : { code: refusal }
  const payload = { refusal: refused, position: "p", replayed: false, player: null }
  return { kind: "sent", payload, doubted: false }
}
