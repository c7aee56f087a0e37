import { expect, test } from "vitest"
import { watchSqlViews } from "../../src/health/watches.js"
import { Fault } from "../../src/ports/faults.js"
import { FakeClock } from "../fakes/clock.js"
import { KeptLogger } from "../support/keptLogger.js"

/** A watch over a keeper that fails a given number of times, then succeeds. */
function watching(failures: number) {
  const clock = new FakeClock()
  const logger = new KeptLogger()
  let asked = 0
  const keeper = {
    async keep() {
      asked += 1
      if (asked <= failures) throw new Fault("HISTORY_UNAVAILABLE", "presto is away")
      return { problems: [] }
    },
  }
  return { clock, logger, watch: watchSqlViews({ keeper, clock, logger }), asked: () => asked }
}

test("views are checked at once, and then every minute", async () => {
  const { clock, watch, asked } = watching(0)

  watch.start()
  await clock.run(0)
  expect(asked()).toBe(1)

  await clock.run(3 * 60_000)
  expect(asked()).toBe(4)
})

test("an engine that is away is tried again, and logged once", async () => {
  const { clock, watch, logger } = watching(3)

  watch.start()
  await clock.run(2 * 60_000)
  expect(watch.problem?.message).toBe("presto is away")
  expect(logger.seen).toEqual(["warn: SQL views: presto is away"])

  await clock.run(60_000)
  expect(watch.problem).toBeNull()
})

test("a stopped watch probes no more", async () => {
  const { clock, watch, asked } = watching(0)
  watch.start()
  await clock.run(0)

  await watch.stop()
  await clock.run(5 * 60_000)

  expect(asked()).toBe(1)
})

test("stopping does not wait for an engine that hangs", async () => {
  const clock = new FakeClock()
  const keeper = {
    keep: (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new Fault("HISTORY_UNAVAILABLE", "ended")))
      }),
  }
  const watch = watchSqlViews({ keeper, clock, logger: new KeptLogger() })
  watch.start()

  await watch.stop()

  expect(watch.problem).toBeNull()
})

test("a view whose name is taken is named, and tried again", async () => {
  const clock = new FakeClock()
  const answers = [[{ name: "events", problem: "a table has the name" }], []]
  const keeper = { keep: async () => ({ problems: answers.shift() ?? [] }) }
  const watch = watchSqlViews({ keeper, clock, logger: new KeptLogger() })

  watch.start()
  await clock.run(0)
  expect(watch.problem).toMatchObject({
    code: "HISTORY_UNAVAILABLE",
    message: "events: a table has the name",
  })

  await clock.run(60_000)
  expect(watch.problem).toBeNull()
})

test("a table whose columns change is checked again at once", async () => {
  const { clock, watch, asked } = watching(0)
  watch.start()
  await clock.run(0)

  watch.hurry()
  await clock.run(0)
  expect(asked()).toBe(2)

  await clock.run(60_000)
  expect(asked()).toBe(3)
})

test("changes that come while the views are being created are checked afterwards, together", async () => {
  const clock = new FakeClock()
  const waiting: (() => void)[] = []
  const keeper = {
    keep: () =>
      new Promise<{ problems: [] }>(resolve => {
        waiting.push(() => resolve({ problems: [] }))
      }),
  }
  const watch = watchSqlViews({ keeper, clock, logger: new KeptLogger() })
  watch.start()
  watch.hurry()
  watch.hurry()
  await clock.run(0)
  expect(waiting).toHaveLength(1)

  waiting[0]?.()
  await clock.run(0)
  expect(waiting).toHaveLength(2)

  waiting[1]?.()
  await clock.run(30_000)
  expect(waiting).toHaveLength(2)
  await watch.stop()
})
