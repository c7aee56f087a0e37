import { describe, expect, test } from "vitest"
import { guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import { NO_DOCUMENT } from "../../src/projections/document.js"
import type { StateAnswer } from "../../src/projections/stateReader.js"
import { Chain } from "../log/support/judging.js"
import { bought, founded, granted, registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { TailWorld } from "../tail/support/world.js"

const alice = playerAggregate("alice")
const knights = guildAggregate("knights")
const request = { aggregates: [alice], purchases: ["alice"], keys: ["alice/k1", "alice/k2"] }

// Shows R26.
describe("a view as of the tail", () => {
  test("is the store's documents when the views are level with the tail", async () => {
    const { world, read } = await begin()
    await world.project()

    const view = await read()

    expect(view.checkpoint.offset).toBe(4)
    expect(view.document(alice)).toMatchObject({ link: "c3", version: 3, state: { gold: 1001 - 150 } })
    expect(view.purchases("alice")).toMatchObject({ count: 1, recent: [{ id: "3-0" }] })
    expect(view.key("alice/k2")).toMatchObject({ id: "alice/k2", offset: 2 })
  })

  test("is the store's documents plus what the buffer has since", async () => {
    const { world, read } = await begin()
    await world.project(2)

    const view = await read()

    expect(view.checkpoint.offset).toBe(2)
    expect(view.document(alice)).toMatchObject({ link: "c3", version: 3, state: { gold: 851 } })
    expect(view.purchases("alice").count).toBe(1)
  })

  test("has for a key what the store knew; what came since is in the buffer", async () => {
    const { world, read } = await begin()
    await world.project(2)

    const view = await read()

    expect(view.key("alice/k1")).toMatchObject({ offset: 1, events: [{ type: "PlayerRegistered" }] })
    expect(view.key("alice/k2")).toBeNull()
    expect(world.tail.buffer.command("alice/k2", view.checkpoint.offset)).toBeDefined()
  })

  test("moves with the tail: the same answer later includes what came since", async () => {
    const { world, chain, read } = await begin()
    await world.project()
    const view = await read()

    await world.append(chain.add([alice], [granted("alice", 49)]).records.slice(-1))

    expect(view.document(alice)).toMatchObject({ state: { gold: 900 } })
  })

  test("has no document for what does not exist", async () => {
    const { world, read } = await begin()
    await world.project()

    const view = await read({ aggregates: [knights], purchases: ["bob"], keys: ["x"] })

    expect(view.document(knights)).toEqual(NO_DOCUMENT)
    expect(view.purchases("bob")).toEqual({ count: 0, recent: [] })
    expect(view.key("x")).toBeNull()
  })

  test("remembers the newest checkpoint", async () => {
    const { world, read } = await begin()
    expect(world.views.checkpoint).toBeNull()

    await world.project(2)
    await read()
    await world.project(3)
    await read()

    expect(world.views.checkpoint?.offset).toBe(3)
  })
})

describe("an answer ahead of the tail", () => {
  test("waits until the tail is there", async () => {
    const { world, chain } = await begin()
    world.holdTail()
    await world.append(chain.add([alice], [granted("alice", 49)]).records.slice(-1))
    await world.project()
    let view: StateAnswer | null = null
    void world.views.read(request, 5000).then(answer => {
      view = answer
    })
    await world.clock.run(2000)
    expect(view).toBeNull()

    world.goOn()
    await world.clock.runUntil(() => view !== null)

    expect((view as StateAnswer | null)?.document(alice)).toMatchObject({ state: { gold: 900 } })
  })

  test("is VIEWS_BEHIND at the deadline", async () => {
    const { world, chain } = await begin()
    world.holdTail()
    await world.append(chain.add([alice], [granted("alice", 49)]).records.slice(-1))
    await world.project()

    const fault = await world.clock.runFor(faultOf(world.views.read(request, 300)))

    expect(fault).toMatchObject({ code: "VIEWS_BEHIND", retryable: true })
    expect(world.clock.now()).toBe(300)
  })

  test("ends with the tail's fault", async () => {
    const { world, chain } = await begin()
    world.holdTail()
    await world.append(chain.add([alice], [granted("alice", 49)]).records.slice(-1))
    await world.project()
    const reading = faultOf(world.views.read(request, 5000))
    await world.clock.run(100)

    await world.tail.stop()

    expect((await world.clock.runFor(reading)).code).toBe("SHUTTING_DOWN")
  })
})

describe("an answer behind the buffer", () => {
  test("is VIEWS_BEHIND, never a guess", async () => {
    const { world } = await begin({ from: 3 })
    await world.project(2)

    const fault = await world.clock.runFor(faultOf(world.views.read(request, 1000)))

    expect(fault.code).toBe("VIEWS_BEHIND")
    expect(fault.message).toMatch(/as of offset 2.*holds 3 to 4/)
  })

  test("is retried: the views may catch up before the deadline", async () => {
    const { world } = await begin({ from: 3 })
    await world.project(2)
    const reading = world.views.read(request, 1000)
    await world.clock.run(120)

    await world.project(3)

    expect((await world.clock.runFor(reading)).document(alice)).toMatchObject({ state: { gold: 851 } })
  })

  test("that the buffer has left since is VIEWS_BEHIND when it is used", async () => {
    const { world, read } = await begin({ bufferBytesMax: 9000 })
    await world.project()
    const view = await read()

    await world.append(Array.from({ length: 20 }, () => Buffer.from("garbage")))

    expect(world.tail.buffer.from).toBeGreaterThan(view.checkpoint.offset)
    expect(() => view.document(alice)).toThrow(expect.objectContaining({ code: "VIEWS_BEHIND" }))
  })
})

describe("an answer that does not fit the log fails the tail with LOG_TRUNCATED:", () => {
  test.each([
    ["made from another log", { logId: "log-2" }],
    ["made from another log, and far ahead", { logId: "log-2", offset: 5000 }],
    ["after a record of another hash", { hash: "00000000" }],
    ["after a record of another time", { at: 12345 }],
  ])("%s", async (_, changed) => {
    const { world } = await begin()
    await world.project(3, changed)

    const fault = await world.clock.runFor(faultOf(world.views.read(request, 5000)))

    expect(fault.code).toBe("LOG_TRUNCATED")
    expect(world.tail.fault).toBe(fault)
    expect(world.clock.now()).toBe(0)
    expect(world.views.checkpoint).toBeNull()
  })
})

// Shows R33.
describe("views of a build that knows other events", () => {
  test("are NEEDS_NEWER_BUILD at every answer, while the tail goes on", async () => {
    const { world, read } = await begin()
    await world.project(3)
    await read()
    await world.project(4, { folded: ["PlayerRegistered@1", "DragonTamed@3"] })

    const { views, clock } = world
    const calls = [
      views.read(request, 5000),
      views.refresh(),
      views.list("guilds", null, 1),
      views.top("gold", 1),
    ]
    const faults = await Promise.all(calls.map(call => clock.runFor(faultOf(call))))

    for (const { code, message } of faults) {
      expect(code).toBe("NEEDS_NEWER_BUILD")
      expect(message).toContain("events that this build does not know: DragonTamed@3")
    }
    expect(world.tail.fault).toBeNull()
    expect(clock.now()).toBe(0)
  })

  test("frozen at what this build knows are VIEWS_UNAVAILABLE until they are replaced", async () => {
    const { world } = await begin()
    await world.project(3, { frozen: ["SwordBought@1"] })
    const reading = world.views.read(request, 1000)
    const list = await world.clock.runFor(faultOf(world.views.list("guilds", null, 1)))
    await world.clock.run(500)

    expect(list).toMatchObject({
      code: "VIEWS_UNAVAILABLE",
      message: expect.stringContaining("SwordBought@1"),
    })
    await world.project(4, { frozen: [] })
    expect((await world.clock.runFor(reading)).checkpoint.offset).toBe(4)
  })

  test("frozen at what this build does not know either are read", async () => {
    const { world, read } = await begin()
    await world.project(4, { frozen: ["DragonTamed@1"] })

    expect((await read()).checkpoint.offset).toBe(4)
  })
})

describe("a view store without views", () => {
  test("is VIEWS_UNAVAILABLE at the deadline", async () => {
    const { world } = await begin()

    const fault = await world.clock.runFor(faultOf(world.views.read(request, 1000)))

    expect(fault).toMatchObject({ code: "VIEWS_UNAVAILABLE", message: expect.stringContaining("projector") })
    expect(world.clock.now()).toBeGreaterThan(900)
    expect(world.clock.now()).toBeLessThanOrEqual(1000)
  })

  test("is asked again until a projector has made them", async () => {
    const { world } = await begin()
    const reading = world.views.read(request, 1000)
    await world.clock.run(500)

    await world.project()

    expect((await world.clock.runFor(reading)).checkpoint.offset).toBe(4)
  })

  test("that is away is asked again until it is back", async () => {
    const { world } = await begin()
    await world.project()
    world.viewServer.cut("views")
    const reading = world.views.read(request, 1000)
    await world.clock.run(500)

    world.viewServer.heal("views")

    expect((await world.clock.runFor(reading)).checkpoint.offset).toBe(4)
  })
})

describe("a look at the views", () => {
  test("shows how far they are", async () => {
    const { world } = await begin()
    await world.project(2)

    await world.clock.runFor(world.views.refresh())

    expect(world.views.checkpoint?.offset).toBe(2)
  })

  test("finds nothing wrong with a tail that is a moment behind them", async () => {
    const { world, chain } = await begin()
    world.holdTail()
    await world.append(chain.add([alice], [granted("alice", 1)]).records.slice(-1))
    await world.project()
    const looking = world.views.refresh()
    await world.clock.run(20)

    world.goOn()

    await expect(world.clock.runFor(looking)).resolves.toBeUndefined()
  })
})

describe("a list", () => {
  test("is as of the views' checkpoint", async () => {
    const { world, chain } = await begin()
    await world.append(chain.add([alice, knights], [founded("alice", "knights")]).records.slice(-1))
    await world.project(4)
    expect(await world.clock.runFor(world.views.list("guilds", null, 10))).toEqual([])

    await world.project()

    expect(await world.clock.runFor(world.views.list("guilds", null, 10))).toEqual(["knights"])
  })

  test("is returned though the views are ahead of the tail or behind the buffer", async () => {
    const { world } = await begin({ from: 3 })
    await world.project(2)

    expect(await world.clock.runFor(world.views.list("guilds", null, 10))).toEqual([])
  })

  test("of another log is LOG_TRUNCATED, and its checkpoint counts for nothing", async () => {
    const { world } = await begin()
    await world.project(3, { logId: "log-2", offset: 5000 })

    const fault = await world.clock.runFor(faultOf(world.views.list("guilds", null, 10)))

    expect(fault.code).toBe("LOG_TRUNCATED")
    expect(world.views.checkpoint).toBeNull()
  })

  test("without views is VIEWS_UNAVAILABLE", async () => {
    const { world } = await begin()

    const fault = await world.clock.runFor(faultOf(world.views.list("guilds", null, 10)))

    expect(fault.code).toBe("VIEWS_UNAVAILABLE")
  })
})

describe("a leaderboard", () => {
  test("is as of the views' checkpoint", async () => {
    const { world } = await begin()
    const top = () => world.clock.runFor(world.views.top("gold", 10))
    await world.project(2)
    expect(await top()).toEqual([{ id: "alice", score: 1000 }])

    await world.project()

    expect(await top()).toEqual([{ id: "alice", score: 851 }])
    expect(world.views.checkpoint?.offset).toBe(4)
  })

  test("of another log is LOG_TRUNCATED", async () => {
    const { world } = await begin()
    await world.project(3, { logId: "log-2" })

    const fault = await world.clock.runFor(faultOf(world.views.top("gold", 10)))

    expect(fault.code).toBe("LOG_TRUNCATED")
  })

  test("without views is VIEWS_UNAVAILABLE", async () => {
    const { world } = await begin()

    const fault = await world.clock.runFor(faultOf(world.views.top("gold", 10)))

    expect(fault.code).toBe("VIEWS_UNAVAILABLE")
  })
})

/** A log of 0 genesis, 1 registered, 2 granted 1, 3 bought for 150; a tail that has read it; views of nothing yet. */
async function begin(options: { from?: number; bufferBytesMax?: number } = {}) {
  const world = new TailWorld(options)
  const chain = new Chain()
    .add([alice], [registered("alice")])
    .add([alice], [granted("alice", 1)])
    .add([alice], [bought("alice", "katana", 150)])
  world.tail.start()
  await world.append(chain.records)
  const read = (asked: Parameters<typeof world.views.read>[0] = request) => {
    return world.clock.runFor(world.views.read(asked, world.clock.now() + 1000))
  }
  return { world, chain, read }
}
