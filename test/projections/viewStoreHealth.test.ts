import { expect, test } from "vitest"
import { watchViews } from "../../src/health/watches.js"
import { SILENT } from "../../src/ports/logger.js"
import { TailWorld } from "../tail/support/world.js"

test("the store is checked every second: how full it is, and what is wrong with it", async () => {
  const { world, probe, watch } = await begin()
  watch.start()
  await world.clock.run(10)
  expect([watch.problem, probe.usedShare]).toEqual([null, 0])

  world.viewServer.share = 0.5
  world.viewServer.cut("views")
  await world.clock.run(1000)
  expect(watch.problem?.code).toBe("VIEWS_UNAVAILABLE")

  world.viewServer.heal("views")
  await world.clock.run(1000)
  expect([watch.problem, probe.usedShare]).toEqual([null, 0.5])
  await world.clock.runFor(watch.stop())
})

test("no new work is accepted above 90 % of the store's memory", async () => {
  const { world, probe, watch } = await begin()
  world.viewServer.share = 0.9
  watch.start()
  await world.clock.run(1000)
  expect(probe.refuseWork()).toBeNull()

  world.viewServer.share = 0.91
  await world.clock.run(1000)

  expect(probe.refuseWork()).toMatchObject({ code: "OVERLOADED", message: expect.stringContaining("91 %") })
  await world.clock.runFor(watch.stop())
})

test("a stopped watch probes no more", async () => {
  const { world, probe, watch } = await begin()
  watch.start()
  await world.clock.run(10)

  await world.clock.runFor(watch.stop())
  world.viewServer.share = 0.99
  await world.clock.run(5000)

  expect(probe.usedShare).toBe(0)
})

async function begin() {
  const world = new TailWorld()
  world.tail.start()
  await world.clock.run(0)
  await world.project()
  const { probe, clock } = world
  return { world, probe, watch: watchViews({ views: probe, clock, logger: SILENT }) }
}
