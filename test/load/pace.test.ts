import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { ClosedLoop, LATE_MAX_MS, OpenLoop, type Pace } from "../../src/load/pace.js"
import { Stop } from "../../src/load/stop.js"

const ENDLESS = Number.POSITIVE_INFINITY

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe("a closed loop", () => {
  it("sends at once, as many as asked for, each measured from now", async () => {
    const pace = new ClosedLoop({ count: 2, durationMs: ENDLESS, stop: new Stop() })

    const given = [await pace.next(), await pace.next(), await pace.next()]

    expect(given).toEqual([performance.now(), performance.now(), null])
    expect(pace).toMatchObject({ sent: 2, unsent: null })
  })

  it("ends when its time is over, or when it is to stop", async () => {
    const stop = new Stop()
    const pace = new ClosedLoop({ count: ENDLESS, durationMs: 50, stop })
    const other = new ClosedLoop({ count: ENDLESS, durationMs: 500, stop })
    expect(await pace.next()).not.toBeNull()

    await vi.advanceTimersByTimeAsync(50)

    expect(await pace.next()).toBeNull()
    expect(await other.next()).not.toBeNull()
    stop.stop()
    expect(await other.next()).toBeNull()
  })
})

describe("an open loop", () => {
  it("sends each command when it is due", async () => {
    const begin = performance.now()
    const pace = new OpenLoop({ count: 4, durationMs: ENDLESS, stop: new Stop() }, 100)

    const callers = startCallers(pace, { callers: 1, answerMs: 0 })
    await vi.advanceTimersByTimeAsync(1000)

    expect((await callers).map(({ due, at }) => [due - begin, at - begin])).toEqual([
      [0, 0],
      [10, 10],
      [20, 20],
      [30, 30],
    ])
    expect(pace).toMatchObject({ sent: 4, unsent: 0 })
  })

  it("measures a command that had to wait for a caller from when it was due", async () => {
    const begin = performance.now()
    const pace = new OpenLoop({ count: 5, durationMs: ENDLESS, stop: new Stop() }, 100)

    // The only caller is busy with the first for 35 ms; then it catches up.
    const callers = startCallers(pace, { callers: 1, answerMs: 0, firstMs: 35 })
    await vi.advanceTimersByTimeAsync(1000)

    expect((await callers).map(({ due, at }) => [due - begin, at - begin])).toEqual([
      [0, 0],
      [10, 35],
      [20, 35],
      [30, 35],
      [40, 40],
    ])
  })

  it("has no more in flight than callers, and counts what it could not send until the end", async () => {
    const begin = performance.now()
    const pace = new OpenLoop({ count: ENDLESS, durationMs: 1000, stop: new Stop() }, 10)

    const callers = startCallers(pace, { callers: 1, answerMs: 300 })
    await vi.advanceTimersByTimeAsync(2000)

    expect((await callers).map(({ due, at }) => [due - begin, at - begin])).toEqual([
      [0, 0],
      [100, 300],
      [200, 600],
      [300, 900],
    ])
    expect(pace).toMatchObject({ sent: 4, unsent: 6 })
  })

  it("leaves out what is too late, and goes on", async () => {
    const pace = new OpenLoop({ count: 200, durationMs: ENDLESS, stop: new Stop() }, 10)

    const callers = startCallers(pace, { callers: 1, answerMs: 0, firstMs: LATE_MAX_MS + 1050 })
    await vi.advanceTimersByTimeAsync(60_000)

    // Due at 100, 200, … 1000 ms, which is more than LATE_MAX_MS before the caller was free.
    expect((await callers).length).toBe(190)
    expect(pace).toMatchObject({ sent: 190, unsent: 10 })
  })

  it("stops soon, also while a command is not due for long; what was not due does not count", async () => {
    const stop = new Stop()
    const pace = new OpenLoop({ count: ENDLESS, durationMs: 3_600_000, stop }, 0.1)
    const callers = startCallers(pace, { callers: 3, answerMs: 0 })
    await vi.advanceTimersByTimeAsync(12_000)

    stop.stop()
    await vi.advanceTimersByTimeAsync(300)

    expect((await callers).length).toBe(2)
    expect(pace).toMatchObject({ sent: 2, unsent: 0 })
  })

  it("sends what is due just before the end, though its timer is late", async () => {
    const pace = new OpenLoop({ count: ENDLESS, durationMs: 99.5, stop: new Stop() }, 1000 / 33)

    const callers = startCallers(pace, { callers: 1, answerMs: 0 })
    await vi.advanceTimersByTimeAsync(1000)

    expect((await callers).length).toBe(4)
    expect(pace.unsent).toBe(0)
  })
})

interface Callers {
  readonly callers: number
  /** How long an answer takes; the first one may take longer. */
  readonly answerMs: number
  readonly firstMs?: number
}

/** Resolves when the phase is over, with when each command was due and sent. */
async function startCallers(pace: Pace, { callers, answerMs, firstMs = answerMs }: Callers) {
  const sent: { readonly due: number; readonly at: number }[] = []
  const caller = async () => {
    for (let due = await pace.next(); due !== null; due = await pace.next()) {
      sent.push({ due, at: performance.now() })
      const takesMs = sent.length === 1 ? firstMs : answerMs
      if (takesMs > 0) await new Promise(resolve => setTimeout(resolve, takesMs))
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return sent
}
