import { describe, expect, test } from "vitest"
import { FakeClock, ProcessClock, seeded } from "./clock.js"

describe("virtual time", () => {
  test("stands still until it is moved, and then moves exactly that far", async () => {
    const clock = new FakeClock(1_000)
    expect(clock.now()).toBe(1_000)

    await clock.run(250)

    expect(clock.now()).toBe(1_250)
  })

  test("timers go off in the order of their times, and of their creation when these are equal", async () => {
    const clock = new FakeClock(0)
    const fired: string[] = []
    const note = (name: string) => () => fired.push(`${name} at ${clock.now()}`)
    clock.after(20, note("late"))
    clock.after(10, note("first"))
    clock.after(10, note("second"))
    clock.soon(note("soon"))

    await clock.run(10)
    expect(fired).toEqual(["soon at 0", "first at 10", "second at 10"])

    await clock.run(10)
    expect(fired.at(-1)).toBe("late at 20")
  })

  test("a cancelled timer does not go off", async () => {
    const clock = new FakeClock()
    let fired = 0
    const cancel = clock.after(10, () => fired++)
    clock.after(10, () => fired++)

    cancel()
    cancel()
    await clock.run(20)

    expect(fired).toBe(1)
  })

  test("promises settle before the next timer, however long their chain", async () => {
    const clock = new FakeClock()
    const order: string[] = []
    clock.after(1, async () => {
      for (let step = 0; step < 50; step++) await Promise.resolve()
      await new Promise(resolve => process.nextTick(resolve))
      order.push("chain")
    })
    clock.after(1, () => order.push("next timer"))

    await clock.run(1)

    expect(order).toEqual(["chain", "next timer"])
  })

  test("runs until a condition holds, and not further", async () => {
    const clock = new FakeClock(0)
    let ticks = 0
    const tick = () => {
      ticks++
      clock.after(100, tick)
    }
    tick()

    await clock.runUntil(() => ticks === 5)

    expect(clock.now()).toBe(400)
  })

  test("reports a condition that cannot hold any more, or takes too long", async () => {
    const clock = new FakeClock()
    await expect(clock.runUntil(() => false)).rejects.toThrow("no timer is left")

    clock.after(2_000, () => {})
    await expect(clock.runUntil(() => false, 1_000)).rejects.toThrow("within 1000 ms")
  })

  test("returns the result of a promise once time has moved that far", async () => {
    const clock = new FakeClock(0)
    const promise = new Promise<string>(resolve => clock.after(30_000, () => resolve("done")))

    expect(await clock.runFor(promise)).toBe("done")
    expect(clock.now()).toBe(30_000)
  })

  test("a call that throws fails the run", async () => {
    const clock = new FakeClock()
    clock.after(1, () => {
      throw new Error("a bug")
    })

    await expect(clock.run(1)).rejects.toThrow("a bug")
  })
})

describe("the clock of a process", () => {
  test("may be wrong", () => {
    const clock = new FakeClock(1_000)
    const process = new ProcessClock(clock)

    process.skewMs = -400

    expect(process.now()).toBe(600)
  })

  test("that stands still lets nothing happen, and then everything that was due, in order", async () => {
    const clock = new FakeClock(0)
    const process = new ProcessClock(clock)
    const fired: string[] = []
    for (const name of ["one", "two"]) process.after(10, () => fired.push(`${name} at ${clock.now()}`))
    const cancel = process.after(10, () => fired.push("cancelled"))
    process.after(90, () => fired.push(`three at ${clock.now()}`))

    process.pause()
    await clock.run(60)
    expect(fired).toEqual([])

    cancel()
    process.resume()
    await clock.run(60)
    expect(fired).toEqual(["one at 60", "two at 60", "three at 90"])
  })

  test("of a dead process does nothing any more", async () => {
    const clock = new FakeClock()
    const process = new ProcessClock(clock)
    let fired = 0
    process.after(10, () => fired++)
    process.pause()
    await clock.run(20)
    process.after(10, () => fired++)

    process.kill()
    process.resume()
    await clock.run(20)

    expect(fired).toBe(0)
  })
})

test("the same seed gives the same numbers in [0, 1), another one others", () => {
  const draw = (seed: number) => {
    const random = seeded(seed)
    return Array.from({ length: 1_000 }, () => random())
  }

  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  expect(Math.min(...draw(1))).toBeGreaterThanOrEqual(0)
  expect(Math.max(...draw(1))).toBeLessThan(1)
  const mean = draw(1).reduce((sum, each) => sum + each, 0) / 1_000
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.05)
})
