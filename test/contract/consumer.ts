import { getEventListeners } from "node:events"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import type { FaultCode } from "../../src/ports/faults.js"
import { type FakeClock, ProcessClock } from "../fakes/clock.js"
import type { FakeLogServer } from "../fakes/logServer.js"
import { faultOf } from "../support/fault.js"
import type { KeptLogger } from "../support/keptLogger.js"

/** A consumer, as its owner has it. */
export interface ConsumerFace {
  readonly state: string
  readonly fault: { readonly code: FaultCode } | null
  start(): Promise<void>
  stop(finishWithinMs?: number): Promise<void>
}

/** A log, a target on virtual time, and processes that keep the one up with the other. */
export interface ConsumerWorld<C extends ConsumerFace = ConsumerFace> {
  readonly clock: FakeClock
  readonly log: FakeLogServer
  readonly logger: KeptLogger
  /** `name` is for `cut`, `heal` and the log's. */
  readonly consumer: (name: string, process: ProcessClock) => C
  /** Appends one commit that changes the target. */
  readonly append: () => void
  /** Appends one that this build cannot read; what it changes no other commit of `append` changes. */
  readonly appendUnreadable: () => void
  /** How many commits of `append` the target holds; one that it took twice counts twice. */
  readonly taken: () => number
  /** A process's calls of the target fail. */
  readonly cut: (name: string) => void
  readonly heal: (name: string) => void
  /** Makes the target one that this build cannot go on from. */
  readonly spoil: () => void
  /** Takes everything up to an offset, at once; absent where the consumer has no such run. */
  readonly takeUpTo?: (consumer: C, offset: number) => Promise<void>
}

/** In what consumers differ. */
export interface ConsumerTraits {
  /** An active one has taken what was appended after this long. */
  readonly settleMs: number
  readonly lookEveryMs: number
  readonly stillMs: number
  readonly pauseMostMs: number
  /** Of a standby whose target is away. */
  readonly stateAfterFault: "standby" | "active"
  readonly spoiltCode: FaultCode
  /** Null: it goes on. */
  readonly unreadableCode: FaultCode | null
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** What every consumer keeps, whatever its target (R46). Each test gets a fresh world from `make`. */
export function consumerContract<C extends ConsumerFace>(
  name: string,
  traits: ConsumerTraits,
  make: () => ConsumerWorld<C>,
): void {
  const { settleMs, lookEveryMs, stillMs, pauseMostMs } = traits

  function begin() {
    const world = make()
    const processes = new Map<string, ProcessClock>()
    let appended = 0
    const append = (times = 1) => {
      for (let i = 0; i < times; i++) world.append()
      appended += times
    }
    const start = (process: string) => {
      const clock = new ProcessClock(world.clock)
      processes.set(process, clock)
      const consumer = world.consumer(process, clock)
      return { name: process, process: clock, consumer, ended: consumer.start() }
    }
    const expectTaken = () => expect(world.taken()).toBe(appended)
    const settle = () => world.clock.run(settleMs)
    const stop = ({ consumer }: { readonly consumer: C }) => world.clock.runFor(consumer.stop())
    const lines = (level: string) => world.logger.entries.filter(entry => entry.level === level)
    append()
    return { world, append, start, stop, settle, expectTaken, lines }
  }

  /** Two of which one is active and the other stands by. */
  async function two() {
    const game = begin()
    const { append, settle, start } = game
    const [one, other] = [start("a"), start("b")]
    await settle()
    append()
    await settle()
    const [active, standby] = one.consumer.state === "active" ? [one, other] : [other, one]
    expect([active.consumer.state, standby.consumer.state]).toEqual(["active", "standby"])
    const states = () => [one.consumer.state, other.consumer.state].sort()
    return {
      ...game,
      active,
      standby,
      states,
      stopBoth: () => Promise.all([game.stop(one), game.stop(other)]),
    }
  }

  describe(`${name} keeps the contract of a consumer:`, () => {
    test("it takes what the log holds, and what comes", async () => {
      const { append, start, stop, settle, expectTaken } = begin()
      const process = start("a")
      await settle()
      expectTaken()

      append(3)
      await settle()

      expectTaken()
      expect(process.consumer.state).toBe("active")
      await stop(process)
    })

    test("it goes on from where another one has left the target", async () => {
      const { append, start, stop, settle, expectTaken } = begin()
      const first = start("a")
      await settle()
      await stop(first)
      append(2)

      const second = start("b")
      await settle()

      expectTaken()
      await stop(second)
    })

    test("its runs leave nothing behind on the signals that outlive them", async () => {
      const derived = vi.spyOn(AbortSignal, "any")
      const listened = vi.spyOn(EventTarget.prototype, "addEventListener")
      onTestFinished(() => void vi.restoreAllMocks())
      const { world, append, start, stop, settle, expectTaken } = begin()
      const process = start("a")
      await settle()
      for (let outage = 0; outage < 5; outage++) {
        world.cut("a")
        append()
        await world.clock.run(settleMs + pauseMostMs)
        world.heal("a")
        await world.clock.run(pauseMostMs + settleMs)
      }

      expectTaken()
      expect(derived).not.toHaveBeenCalled()
      const signals = listened.mock.contexts.filter(one => one instanceof AbortSignal)
      const living = signals.filter(({ aborted }) => !aborted)
      for (const signal of living) expect(getEventListeners(signal, "abort").length).toBeLessThan(5)
      expect(living.length).toBeGreaterThan(0)
      await stop(process)
    })

    test("a standby takes over when the target has stood still with the log beyond it, and not before", async () => {
      const { world, active, standby, append, stop, settle, expectTaken } = await two()
      active.process.kill()
      append()

      await world.clock.run(stillMs - settleMs - 2 * lookEveryMs)
      expect(standby.consumer.state).toBe("standby")
      await world.clock.run(settleMs + 4 * lookEveryMs)
      expect(standby.consumer.state).toBe("active")
      await settle()

      expectTaken()
      await stop(standby)
    })

    test("a standby leaves a log at rest alone, however long it rests", async () => {
      const { world, states, stopBoth } = await two()

      await world.clock.run(10 * stillMs)

      expect(states()).toEqual(["active", "standby"])
      await stopBoth()
    })

    test("a standby does not take over when a log that was at rest moves on", async () => {
      const { world, active, standby, append, expectTaken, settle, stopBoth } = await two()
      await world.clock.run(10 * stillMs)

      // Faster than any batch waits for, so that the target moves as seldom as it may.
      for (let passedMs = 0; passedMs < 2 * stillMs; passedMs += 1000) {
        append()
        await world.clock.run(1000)
        expect([active.consumer.state, standby.consumer.state]).toEqual(["active", "standby"])
      }
      await settle()

      expectTaken()
      await stopBoth()
    })

    test("a zombie does no harm, and stands by", async () => {
      const { world, active, standby, append, expectTaken, stopBoth } = await two()
      active.process.pause()
      append()
      await world.clock.run(2 * stillMs + settleMs)
      expect(standby.consumer.state).toBe("active")

      active.process.resume()
      append()
      await world.clock.run(stillMs + settleMs)

      expect([active.consumer.state, standby.consumer.state]).toEqual(["standby", "active"])
      expectTaken()
      await stopBoth()
    })

    test("trouble is logged once until all is well, and it goes on by itself soon after", async () => {
      const { world, append, start, stop, settle, expectTaken, lines } = begin()
      const process = start("a")
      await settle()
      for (const outages of [1, 2]) {
        world.cut("a")
        append()
        await world.clock.run(10 * MINUTE_MS)
        expect(process.consumer.state).toBe("active")
        expect(lines("warn")).toHaveLength(outages)

        world.heal("a")
        await world.clock.run(pauseMostMs + settleMs)
        expectTaken()
      }
      await stop(process)
    })

    test("a standby that cannot see the target does no harm", async () => {
      const { world, standby, append, states, settle, expectTaken, stopBoth } = await two()
      world.cut(standby.name)
      append()
      await world.clock.run(stillMs / 2)
      expect(standby.consumer.state).toBe(traits.stateAfterFault)
      world.heal(standby.name)
      await world.clock.run(pauseMostMs)

      append()
      await settle()
      append()
      await settle()

      expect(states()).toEqual(["active", "standby"])
      expectTaken()
      await stopBoth()
    })

    test("it does not follow twice at once", async () => {
      const { world, start, stop, settle } = begin()
      const { takeUpTo } = world
      const process = start("a")
      await settle()
      if (takeUpTo !== undefined) {
        const thrown = await takeUpTo(process.consumer, world.log.records.length + 1).catch(String)
        expect(thrown).toContain("two runs at once")
      }
      expect(process.consumer.state).toBe("active")
      await stop(process)
    })

    test("it fails when the log was cut behind the target, and says so once", async () => {
      const { world, append, start, stop, settle, lines } = begin()
      append()
      const process = start("a")
      await settle()

      world.log.loseFrom(1)
      await world.clock.runFor(process.ended)

      expect(process.consumer).toMatchObject({ state: "failed", fault: { code: "LOG_TRUNCATED" } })
      await world.clock.run(HOUR_MS)
      expect(lines("error")).toHaveLength(1)
      await stop(process)
      expect(process.consumer.state).toBe("failed")
    })

    test("a standby fails too when waiting does not fix it", async () => {
      const { world, standby, active, stop } = await two()
      await stop(active)

      world.spoil()
      await world.clock.run(2 * lookEveryMs)

      expect(standby.consumer).toMatchObject({ state: "failed", fault: { code: traits.spoiltCode } })
    })

    test("before a record that cannot be read it ends or goes on, and takes all before it", async () => {
      const { world, append, start, stop, settle, expectTaken } = begin()
      append()
      world.appendUnreadable()
      const process = start("a")
      await settle()
      expectTaken()
      if (traits.unreadableCode === null) {
        append()
        await settle()
        expectTaken()
      }

      expect(process.consumer.fault?.code ?? null).toBe(traits.unreadableCode)
      await stop(process)
    })

    test.each([
      ["the log is at rest", () => {}],
      ["the target is away", ({ cut }: ConsumerWorld<C>) => cut("a")],
      ["the log is down", ({ log }: ConsumerWorld<C>) => log.goDown()],
    ])("it stops soon, and for good, while %s", async (_, spoil) => {
      for (const afterMs of [0, 1000, settleMs]) {
        const { world, append, start, stop, settle } = begin()
        const process = start("a")
        await settle()
        append()
        spoil(world)
        await world.clock.run(afterMs)
        const stoppedAt = world.clock.now()

        await stop(process)

        expect(world.clock.now() - stoppedAt).toBeLessThan(10_000)
        expect(process.consumer.state).toBe("stopped")
        const taken = world.taken()
        world.log.comeBack()
        world.heal("a")
        append()
        await world.clock.run(HOUR_MS)
        expect(world.taken()).toBe(taken)
      }
    })

    test("it stops before it was started, as a standby, and twice", async () => {
      const { world, standby, active, stop, lines } = await two()
      const fresh = { consumer: world.consumer("c", new ProcessClock(world.clock)) }
      for (const each of [fresh, standby, standby, active]) {
        await stop(each)
        expect(each.consumer.state).toBe("stopped")
      }
      expect(lines("warn").concat(lines("error"))).toEqual([])
    })

    test("a bounded run takes all up to an offset at once, and does not try again", async () => {
      const { world, append, expectTaken, settle } = begin()
      const { takeUpTo } = world
      if (takeUpTo === undefined) return expect(takeUpTo).toBeUndefined()
      append(4)
      const begunAt = world.clock.now()
      const run = (process: string) => {
        const consumer = world.consumer(process, new ProcessClock(world.clock))
        return takeUpTo(consumer, world.log.records.length)
      }
      await world.clock.runFor(run("a"))
      expectTaken()
      await world.clock.runFor(run("b"))
      append()
      world.cut("c")
      await world.clock.runFor(faultOf(run("c")))
      expect(world.clock.now() - begunAt).toBeLessThan(10_000)
      await settle()
      expect(world.taken()).toBe(5)
    })
  })
}
