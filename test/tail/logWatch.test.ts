import { expect, test } from "vitest"
import { LogWatch } from "../../src/tail/logWatch.js"
import { TailWorld } from "./support/world.js"

function begin() {
  const world = new TailWorld()
  world.tail.start()
  return { world, watch: new LogWatch(world.logServer.connect("watch"), world.tail, world.clock) }
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
  watch.stop()
})

test("a tail that is stuck is told how far it is behind", async () => {
  const { world, watch } = begin()
  await world.clock.run(0)
  watch.start()
  world.holdTail()

  await world.append([Buffer.from("a"), Buffer.from("b")])
  await world.clock.run(2000)

  expect([world.tail.position, world.tail.head]).toEqual([1, 3])
  watch.stop()
})

test("a watch that is stopped asks no more", async () => {
  const { world, watch } = begin()
  watch.start()
  await world.clock.run(10)

  watch.stop()
  world.logServer.cut("watch")
  await world.clock.run(10_000)

  expect(watch.problem).toBeNull()
})
