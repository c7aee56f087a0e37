import { expect, test } from "vitest"
import { ViewsWatch } from "../../src/tail/viewsWatch.js"
import { TailWorld } from "./support/world.js"

test("the store is looked at each second: how full it is, and what is wrong with it", async () => {
  const { world, watch } = await begin()
  watch.start()
  await world.clock.run(10)
  expect([watch.problem, watch.usedShare]).toEqual([null, 0])

  world.viewServer.share = 0.5
  world.viewServer.cut("views")
  await world.clock.run(1000)
  expect(watch.problem?.code).toBe("VIEWS_UNAVAILABLE")

  world.viewServer.heal("views")
  await world.clock.run(1000)
  expect([watch.problem, watch.usedShare]).toEqual([null, 0.5])
  watch.stop()
})

test("no new work is taken above 90 % of the store's memory", async () => {
  const { world, watch } = await begin()
  world.viewServer.share = 0.9
  watch.start()
  await world.clock.run(1000)
  expect(watch.refuseWork()).toBeNull()

  world.viewServer.share = 0.91
  await world.clock.run(1000)

  expect(watch.refuseWork()).toMatchObject({ code: "OVERLOADED", message: expect.stringContaining("91 %") })
  watch.stop()
})

test("a watch that is stopped looks no more", async () => {
  const { world, watch } = await begin()
  watch.start()
  await world.clock.run(10)

  watch.stop()
  world.viewServer.share = 0.99
  await world.clock.run(5000)

  expect(watch.usedShare).toBe(0)
})

async function begin() {
  const world = new TailWorld()
  world.tail.start()
  await world.clock.run(0)
  await world.project()
  return { world, watch: new ViewsWatch(world.store, world.views, world.clock) }
}
