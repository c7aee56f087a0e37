import { describe, expect, test } from "vitest"
import { Barrier } from "../../src/commands/barrier.js"
import { FakeClock } from "../fakes/clock.js"
import { ScriptedLog } from "./support/scriptedLog.js"

describe("the barrier before a refusal", () => {
  test("is a head of the log, asked for once somebody needs it", async () => {
    const { barrier, log, clock, answered } = setUp()

    expect(barrier.holdsFor(0, 1)).toBeNull()
    expect(log.asked).toBe(1)
    log.headIs(70)
    await clock.run(0)

    expect(answered).toEqual([70])
    expect(barrier.holdsFor(0, 1)).toBe(70)
  })

  test("is shared by all that had arrived when it was asked for", async () => {
    const { barrier, log, clock } = setUp()
    for (const seq of [0, 1, 2]) expect(barrier.holdsFor(seq, 3)).toBeNull()

    expect(log.asked).toBe(1)
    log.headIs(70)
    await clock.run(0)

    expect([0, 1, 2].map(seq => barrier.holdsFor(seq, 3))).toEqual([70, 70, 70])
    expect(log.asked).toBe(0)
  })

  test("holds for nobody who arrived after it was asked for: the log may have grown since", async () => {
    const { barrier, log, clock, answered } = setUp()
    barrier.holdsFor(0, 1)
    expect(barrier.holdsFor(1, 2)).toBeNull()

    log.headIs(70)
    await clock.run(0)
    expect(barrier.holdsFor(0, 2)).toBe(70)
    expect(barrier.holdsFor(1, 2)).toBeNull()
    expect(log.asked).toBe(1)
    log.headIs(71)
    await clock.run(0)

    expect(answered).toEqual([70, 71])
    expect(barrier.holdsFor(1, 2)).toBe(71)
  })

  test("asks one question at a time, however many wait", async () => {
    const { barrier, log, clock } = setUp()
    for (let seq = 0; seq < 100; seq++) barrier.holdsFor(seq, seq + 1)
    expect(log.asked).toBe(1)

    log.headIs(70)
    await clock.run(0)
    expect(log.asked).toBe(1)
    log.headIs(71)
    await clock.run(0)

    expect(barrier.holdsFor(99, 100)).toBe(71)
  })

  test("is asked for again after a while if the log does not answer", async () => {
    const { barrier, log, clock, answered } = setUp()
    barrier.holdsFor(0, 1)

    log.headUnknown()
    await clock.run(49)
    expect(log.asked).toBe(0)
    await clock.run(1)
    log.headIs(70)
    await clock.run(0)

    expect(answered).toEqual([70])
  })

  test("is not asked for any more once closed", async () => {
    const { barrier, log, clock } = setUp()
    barrier.holdsFor(0, 1)
    barrier.close()

    log.headUnknown()
    await clock.run(10_000)

    expect(log.asked).toBe(0)
  })
})

function setUp() {
  const log = new ScriptedLog()
  const clock = new FakeClock(0)
  const answered: number[] = []
  return { log, clock, answered, barrier: new Barrier(log, clock, head => answered.push(head)) }
}
