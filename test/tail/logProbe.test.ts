import { expect, test } from "vitest"
import { watchLog } from "../../src/health/watches.js"
import { Fault } from "../../src/ports/faults.js"
import { SILENT } from "../../src/ports/logger.js"
import type { LastAppend } from "../../src/tail/logProbe.js"
import { TailWorld } from "./support/world.js"

function begin() {
  const world = new TailWorld()
  world.tail.start()
  const appends: { last: LastAppend | null } = { last: null }
  const watch = watchLog({
    ...{ log: world.logServer.connect("watch"), tail: world.tail, clock: world.clock, logger: SILENT },
    lastAppend: () => appends.last,
  })
  return { world, appends, watch }
}

test("a log that is away is noticed within seconds, and so is its return", async () => {
  const { world, watch } = begin()
  watch.start()
  await world.clock.run(10)
  expect(watch.problem).toBeNull()

  world.logServer.cut("watch")
  await world.clock.run(10_000)
  expect(watch.problem?.code).toBe("LOG_UNAVAILABLE")

  world.logServer.heal("watch")
  await world.clock.run(10_000)
  expect(watch.problem).toBeNull()
  await world.clock.runFor(watch.stop())
})

test("a stuck tail learns how far behind it is", async () => {
  const { world, watch } = begin()
  await world.clock.run(0)
  watch.start()
  world.holdTail()

  await world.append([Buffer.from("a"), Buffer.from("b")])
  await world.clock.run(2000)

  expect([world.tail.position, world.tail.head]).toEqual([1, 3])
  await world.clock.runFor(watch.stop())
})

test("a stopped watch probes no more", async () => {
  const { world, watch } = begin()
  watch.start()
  await world.clock.run(10)

  await world.clock.runFor(watch.stop())
  world.logServer.cut("watch")
  await world.clock.run(10_000)

  expect(watch.problem).toBeNull()
})

test("a log that takes no appends is noticed without one, and so is its recovery", async () => {
  const { world, watch } = begin()
  watch.start()
  await world.clock.run(10)
  expect(watch.problem).toBeNull()

  world.logServer.isFull = true
  await world.clock.run(1000)
  expect(watch.problem).toMatchObject({ code: "LOG_UNAVAILABLE", message: "fake log: the disk is full" })
  expect(world.logServer.records).toHaveLength(1)

  world.logServer.isFull = false
  await world.clock.run(1000)
  expect(watch.problem).toBeNull()
  await world.clock.runFor(watch.stop())
})

test("a failed append counts for 10 s, whatever the log reports, and until an append is stored", async () => {
  const { world, appends, watch } = begin()
  const failed = () => ({
    at: world.clock.now(),
    fault: new Fault("OUTCOME_UNKNOWN", "the quota is used up"),
  })
  watch.start()

  appends.last = failed()
  await world.clock.run(9000)
  expect(watch.problem?.message).toBe("the quota is used up")
  await world.clock.run(2000)
  expect(watch.problem).toBeNull()

  appends.last = failed()
  await world.clock.run(1000)
  expect(watch.problem?.message).toBe("the quota is used up")
  appends.last = { at: world.clock.now(), fault: null }
  await world.clock.run(1000)
  expect(watch.problem).toBeNull()
  await world.clock.runFor(watch.stop())
})

test("a log whose beginning is deleted is noticed, and nothing is decided on it any longer", async () => {
  const { world, watch } = begin()
  watch.start()
  await world.append([Buffer.from("a"), Buffer.from("b")])
  await world.clock.run(1000)
  expect(watch.problem).toBeNull()

  world.logServer.deleteBefore(2)
  await world.clock.run(1000)

  const message = expect.stringContaining("its first record is gone")
  expect(watch.problem).toMatchObject({ code: "LOG_TRUNCATED", message })
  expect(world.tail.fault).toMatchObject({ code: "LOG_TRUNCATED", message })
  await world.clock.runFor(watch.stop())
})
