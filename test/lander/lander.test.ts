import { describe, expect, test } from "vitest"
import { readJudged } from "../../src/log/judged.js"
import { Fault } from "../../src/ports/faults.js"
import { ProcessClock } from "../fakes/clock.js"
import { Chain } from "../log/support/judging.js"
import { granted, registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { checkpointPath, commitPath } from "./support/deltaLog.js"
import { noReply, publishing } from "./support/publishing.js"
import { GENESIS, LAND_WITHIN_MS, type PartOptions, World } from "./support/world.js"

const alice = "player/alice"
const HOUR_MS = 3_600_000
/** A world with alice in it. */
function begin() {
  const world = new World()
  const chain = new Chain().add([alice], [registered("alice")])
  world.append(chain)
  /** Alice is granted gold this many times more. */
  const grant = (times = 1) => {
    for (let i = 0; i < times; i++) chain.add([alice], [granted("alice", 5)])
    world.append(chain)
  }
  return { world, chain, grant, head: () => world.log.records.length }
}

function started(world: World, name: string, options: PartOptions = {}) {
  const lander = world.lander(name, options)
  void lander.start()
  return lander
}

describe("a lander", () => {
  test("lands what the log holds, and what comes, within the bound", async () => {
    const { world, grant, head } = begin()
    const lander = started(world, "a")
    await world.clock.run(LAND_WITHIN_MS)
    expect(world.landed).toBe(2)

    grant(3)
    await world.clock.run(LAND_WITHIN_MS)

    expect(world.landed).toBe(head())
    expect(world.places).toEqual(["1-0", "2-0", "3-0", "4-0"])
    expect(lander).toMatchObject({ state: "active", landed: head(), problem: null })
    expect(lander.figures).toMatchObject({ commits: 2, files: 2, rows: 4, retries: 0 })
    await world.done(lander.stop())
    expect(lander.state).toBe("stopped")
  })

  test("makes about one commit per bound when the log is calm", async () => {
    const { world, grant } = begin()
    const lander = started(world, "a")
    for (let second = 0; second < 600; second++) {
      await world.clock.run(1000)
      if (second % 7 === 0) grant()
    }

    expect(world.versions.length).toBeGreaterThanOrEqual(10)
    expect(world.versions.length).toBeLessThanOrEqual(15)
    await world.done(lander.stop())
  })

  test("continues from where the table is", async () => {
    const { world, grant, head } = begin()
    const first = started(world, "a")
    await world.clock.run(LAND_WITHIN_MS)
    await world.done(first.stop())
    grant(2)

    const second = started(world, "b")
    await world.clock.run(LAND_WITHIN_MS)

    expect(world.landed).toBe(head())
    expect(world.places).toEqual(["1-0", "2-0", "3-0"])
    await world.done(second.stop())
  })

  test("reads the judged records that it is given, in place of the log", async () => {
    const { world, head } = begin()
    const starts: number[] = []
    const log = world.log.connect("other")
    const records = (from: number, signal: AbortSignal) => {
      starts.push(from)
      return readJudged(log, GENESIS, from, signal)
    }
    const lander = started(world, "a", { records })
    await world.clock.run(LAND_WITHIN_MS)

    expect(world.landed).toBe(head())
    expect(starts).toEqual([0])
    await world.done(lander.stop())
  })

  test("writes a checkpoint every 20 commits, from which others read", async () => {
    const { world, grant, head } = begin()
    const lander = started(world, "a")
    for (let i = 0; i < 45; i++) {
      await world.clock.run(LAND_WITHIN_MS)
      grant()
    }
    expect([20, 40].map(version => world.lake.folders.read(checkpointPath(version)) !== null)).toEqual([
      true,
      true,
    ])
    for (let version = 0; version <= 40; version++) world.lake.folders.delete(commitPath(version))
    await world.done(lander.stop())

    const other = started(world, "b")
    await world.clock.run(LAND_WITHIN_MS)

    expect(other.landed).toBe(head())
    await world.done(other.stop())
  })

  test("continues without a checkpoint that cannot be written, and logs that", async () => {
    const { world, grant, head } = begin()
    const through = (lake: Parameters<ReturnType<typeof publishing>>[0]) => ({
      ...publishing((path, bytes, put) => put(path, bytes))(lake),
      replace: () => Promise.reject(new Error("read-only")),
    })
    const lander = started(world, "a", { through })
    for (let i = 0; i < 25; i++) {
      await world.clock.run(LAND_WITHIN_MS)
      grant()
    }
    await world.clock.run(LAND_WITHIN_MS)

    expect(world.landed).toBe(head())
    expect(world.logger.seen.filter(line => line.includes("could not write a checkpoint"))).toHaveLength(1)
    await world.done(lander.stop())
  })
})

describe("landing up to an offset", () => {
  test("lands at once, without waiting for the bound, and ends", async () => {
    const { world, grant, head } = begin()
    grant(5)
    const before = world.clock.now()

    await world.done(world.lander("a").landUpTo(head()))

    expect(world.landed).toBe(head())
    expect(world.clock.now() - before).toBeLessThan(1000)
  })

  test("of what has landed already does nothing", async () => {
    const { world, head } = begin()
    await world.done(world.lander("a").landUpTo(head()))
    const { length } = world.versions

    await world.done(world.lander("b").landUpTo(head()))

    expect(world.versions).toHaveLength(length)
  })

  test("continues where another lander has landed a part of it in the meantime", async () => {
    const { world, grant, head } = begin()
    const end = head()
    grant(3)
    let isFirst = true
    const through = publishing(async (path, bytes, put) => {
      if (isFirst) {
        isFirst = false
        await world.lander("rival", { records: firstOnly(world, end) }).landUpTo(end)
      }
      return put(path, bytes)
    })

    await world.done(world.lander("a", { through }).landUpTo(head()))

    expect(world.versions).toHaveLength(2)
    expect(world.landed).toBe(head())
    expect(world.places).toEqual(["1-0", "2-0", "3-0", "4-0"])
  })

  test.each([
    ["is away", (world: World) => world.lake.cut("a")],
    ["is full", (world: World) => fill(world)],
  ])("throws soon when the lake %s", async (_, spoil) => {
    const { world, head } = begin()
    spoil(world)
    const before = world.clock.now()

    expect((await world.done(faultOf(world.lander("a").landUpTo(head())))).code).toBe("HISTORY_UNAVAILABLE")

    expect(world.clock.now() - before).toBeLessThan(10_000)
  })
})

// Shows R40.
describe("of two landers", () => {
  async function two() {
    const game = begin()
    const { world, grant } = game
    const processes = [new ProcessClock(world.clock), new ProcessClock(world.clock)] as const
    const landers = [
      started(world, "a", { process: processes[0] }),
      started(world, "b", { process: processes[1] }),
    ] as const
    await world.clock.run(LAND_WITHIN_MS)
    grant()
    await world.clock.run(LAND_WITHIN_MS)
    const isFirst = landers[0].state === "active"
    const active = isFirst ? 0 : 1
    const standby = isFirst ? 1 : 0
    return {
      ...game,
      landers,
      active: landers[active],
      standby: landers[standby],
      activeProcess: processes[active],
      standbyProcess: processes[standby],
    }
  }

  test("one lands and the other stands by, and each event lands once", async () => {
    const { world, active, standby, landers } = await two()

    expect([active.state, standby.state]).toEqual(["active", "standby"])
    expect(world.places).toEqual(["1-0", "2-0"])
    for (const lander of landers) await world.done(lander.stop())
  })

  test("the standby takes over when the other died, but not before the table has stood still for twice the bound", async () => {
    const { world, standby, activeProcess, grant, head } = await two()
    activeProcess.kill()
    grant()

    await world.clock.run(2 * LAND_WITHIN_MS - 20_000)
    expect(standby.state).toBe("standby")
    await world.clock.run(2 * LAND_WITHIN_MS)

    expect(standby.state).toBe("active")
    expect(world.landed).toBe(head())
    expect(world.places).toEqual(["1-0", "2-0", "3-0"])
    await world.done(standby.stop())
  })

  test("the standby takes over in time though it missed some looks", async () => {
    const { world, landers, standby, activeProcess, grant, head } = await two()
    const name = standby === landers[0] ? "a" : "b"
    activeProcess.kill()
    grant()
    await world.clock.run(2 * LAND_WITHIN_MS - 40_000)
    world.lake.cut(name)
    await world.clock.run(15_000)
    expect(standby.problem).not.toBeNull()
    world.lake.heal(name)

    await world.clock.run(2 * LAND_WITHIN_MS - 10_000)

    expect(world.landed).toBe(head())
    await world.done(standby.stop())
  })

  test("the standby leaves an idle log alone, however long it is idle", async () => {
    const { world, landers, standby } = await two()
    const { length } = world.versions

    await world.clock.run(2 * HOUR_MS)

    expect(standby.state).toBe("standby")
    expect(world.versions).toHaveLength(length)
    for (const lander of landers) await world.done(lander.stop())
  })

  test("one that wakes after two hours does no harm, and stands by", async () => {
    const { world, landers, active, standby, activeProcess, grant, head } = await two()
    activeProcess.pause()
    for (let i = 0; i < 120; i++) {
      grant()
      await world.clock.run(60_000)
    }
    expect(standby.state).toBe("active")

    activeProcess.resume()
    grant()
    await world.clock.run(2 * LAND_WITHIN_MS)

    expect(active.state).toBe("standby")
    expect(world.landed).toBe(head())
    expect(world.places).toHaveLength(head() - 1)
    expect(new Set(world.places).size).toBe(head() - 1)
    for (const lander of landers) await world.done(lander.stop())
  })

  test("the standby stays one when it cannot reach the lake or the log for a while", async () => {
    const { world, landers, standby, active, grant, head } = await two()
    const name = standby === landers[0] ? "a" : "b"
    const unseen = () => world.parquetFiles.length - (world.last?.files.size ?? 0)
    const before = unseen()
    for (const part of [world.lake, world.log]) {
      part.cut(name)
      grant()
      await world.clock.run(LAND_WITHIN_MS)
      expect([active.state, standby.state]).toEqual(["active", "standby"])
      part.heal(name)
      await world.clock.run(LAND_WITHIN_MS)
    }

    expect(standby.problem).toBeNull()
    expect(world.landed).toBe(head())
    expect(unseen()).toBe(before)
    for (const lander of landers) await world.done(lander.stop())
  })

  test("a standby that is stopped was never active", async () => {
    const { world, standby, active } = await two()
    const told = world.logger.entries.length

    await world.done(standby.stop())

    expect(world.logger.entries.slice(told).map(({ fields }) => fields)).toEqual([{ state: "stopped" }])
    await world.done(active.stop())
  })
})

test("a lander whose abandoned commit came late continues at once: nobody else lands", async () => {
  const { world, grant, head } = begin()
  let givenUp: (() => Promise<unknown>) | null = null
  let tries = 0
  const through = publishing(async (path, bytes, put) => {
    tries += 1
    if (tries === 1) {
      givenUp = () => put(path, bytes)
      throw noReply()
    }
    // It comes when the next try has begun.
    await givenUp?.()
    givenUp = null
    return put(path, bytes)
  })
  const lander = started(world, "a", { through })
  await world.clock.runUntil(() => tries === 1)
  grant()
  await world.clock.run(LAND_WITHIN_MS)

  expect(lander.state).toBe("active")
  expect(world.landed).toBe(head())
  expect(world.places).toEqual(["1-0", "2-0"])
  expect(world.logger.entries.map(({ fields }) => fields)).not.toContainEqual({ state: "standby" })
  await world.done(lander.stop())
})

describe("while the lake is away", () => {
  test("a lander retries with back-off, logs that once, and recovers by itself", async () => {
    const { world, grant, head } = begin()
    const lander = started(world, "a")
    await world.clock.run(LAND_WITHIN_MS)
    world.lake.cut("a")
    grant()
    await world.clock.run(HOUR_MS)

    expect(lander.state).toBe("active")
    expect(lander.problem).toMatch(/fake lake/)
    expect(lander.figures.retries).toBeGreaterThan(100)
    expect(lander.figures.retries).toBeLessThan(130)
    expect(world.logger.seen.filter(line => line.includes("trying again"))).toHaveLength(1)

    world.lake.heal("a")
    await world.clock.run(LAND_WITHIN_MS + 30_000)

    expect(world.landed).toBe(head())
    expect(lander.problem).toBeNull()
    await world.done(lander.stop())
  })

  test("logs it once, though each message differs", async () => {
    const { world } = begin()
    let tries = 0
    const through = publishing(async () => {
      tries += 1
      throw new Fault("HISTORY_UNAVAILABLE", `lake: no space left for .temporary-${tries}`)
    })
    const lander = started(world, "a", { through })
    await world.clock.run(HOUR_MS)

    expect(tries).toBeGreaterThan(100)
    expect(lander.problem).toContain(`temporary-${tries}`)
    expect(world.logger.seen.filter(line => line.includes("trying again"))).toHaveLength(1)
    await world.done(lander.stop())
  })

  test("or accepts files but no commits, it is not filled with files", async () => {
    const { world, grant, head } = begin()
    let isRefused = true
    const through = publishing((path, bytes, put) =>
      isRefused ? Promise.reject(noReply()) : put(path, bytes),
    )
    const lander = started(world, "a", { through })
    for (let i = 0; i < 150; i++) {
      grant()
      await world.clock.run(60_000)
    }
    expect(lander.figures.retries).toBeGreaterThan(250)
    expect(world.parquetFiles.length).toBeLessThanOrEqual(3)

    isRefused = false
    await world.clock.run(LAND_WITHIN_MS + 30_000)

    expect(world.landed).toBe(head())
    expect(world.places).toHaveLength(head() - 1)
    await world.done(lander.stop())
  })

  test("and another lander lands meanwhile, the one that could not stands by once it sees that", async () => {
    const { world, head } = begin()
    const lander = started(world, "a", { through: publishing(() => Promise.reject(noReply())) })
    await world.clock.run(LAND_WITHIN_MS)
    expect(lander.problem).not.toBeNull()

    await world.done(world.lander("b").landUpTo(head()))
    await world.clock.run(31_000)

    expect(lander.state).toBe("standby")
    expect(world.places).toEqual(["1-0"])
    await world.done(lander.stop())
  })

  test("a lander with nothing to land has recovered as soon as the lake has", async () => {
    const { world } = begin()
    await world.done(world.lander("first").landUpTo(2))
    world.lake.cut("a")
    const lander = started(world, "a")
    await world.clock.run(60_000)
    expect(lander.problem).not.toBeNull()

    world.lake.heal("a")
    await world.clock.run(31_000)

    expect(lander.problem).toBeNull()
    await world.done(lander.stop())
  })
})

describe("a lander stops soon", () => {
  test.each([
    ["the log is at rest", (_: World) => {}],
    ["the lake stands still", (world: World) => world.lake.pause()],
    ["the lake is away", (world: World) => world.lake.cut("a")],
    ["the log is down", (world: World) => world.log.goDown()],
    ["the lake is full", (world: World) => fill(world)],
    [
      "the lake is slow",
      (world: World) => {
        world.lake.faults = { ...world.lake.faults, latencyMs: [900, 900] }
      },
    ],
  ])("while %s", async (_, spoil) => {
    for (const afterMs of [0, 1000, 20_000, 58_500, 70_000]) {
      const { world, grant } = begin()
      const lander = started(world, "a")
      await world.clock.run(LAND_WITHIN_MS)
      grant()
      spoil(world)
      await world.clock.run(afterMs)
      const before = world.clock.now()

      await world.done(lander.stop())

      expect(world.clock.now() - before).toBeLessThan(10_000)
      expect(lander.state).toBe("stopped")
      const { length } = world.versions
      await world.clock.run(HOUR_MS)
      expect(world.versions).toHaveLength(length)
    }
  })

  test("before it was started, and twice", async () => {
    const { world } = begin()
    const lander = world.lander("a")

    await world.done(lander.stop())
    await world.done(lander.stop())

    expect(lander.state).toBe("stopped")
  })
})

describe("a lander fails, and logs why, when", () => {
  const failed = async (world: World, options: PartOptions = {}) => {
    const lander = world.lander("a", options)
    await world.done(lander.start())
    expect(lander.state).toBe("failed")
    expect(world.logger.entries.filter(({ level }) => level === "error")).toHaveLength(1)
    await world.done(lander.stop())
    expect(lander.state).toBe("failed")
    return lander.fault
  }

  test.each([
    ["newer than this build", "NEEDS_NEWER_BUILD", { type: "DragonTamed", v: 1, data: { player: "alice" } }],
    ["damaged", "AGGREGATE_FROZEN", { type: "GoldGranted", v: 1, data: { player: "alice" } }],
  ])("an event is %s: what is before it lands, nothing after", async (_, code, event) => {
    const { world, chain, grant } = begin()
    grant()
    chain.add([alice], [granted("alice", 7), event])
    grant(3)

    const fault = await failed(world)

    expect(fault).toMatchObject({ code, message: expect.stringContaining("before offset 3") })
    expect(world.landed).toBe(3)
    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("such an event is the next one: nothing lands, not even how far", async () => {
    const { world, chain } = begin()
    await world.done(world.lander("first").landUpTo(2))
    chain.add([alice], [{ type: "DragonTamed", v: 1, data: { player: "alice" } }])
    world.append(chain)
    const { length } = world.versions

    expect((await failed(world))?.code).toBe("NEEDS_NEWER_BUILD")

    expect(world.versions).toHaveLength(length)
  })

  test("the lake holds the realm of another log", async () => {
    const { world } = begin()
    await world.done(world.lander("first").landUpTo(2))

    const fault = await failed(world, { genesis: { ...GENESIS, logId: "log-2" } })

    expect(fault?.code).toBe("LAKE_OF_ANOTHER_LOG")
    expect(world.versions).toHaveLength(1)
  })

  test("the log was cut below what has landed", async () => {
    const { world, grant, head } = begin()
    grant(4)
    await world.done(world.lander("first").landUpTo(head()))
    world.log.loseFrom(3)

    expect((await failed(world))?.code).toBe("LOG_TRUNCATED")
  })

  test("the log was cut, and others were written in place of what has landed", async () => {
    const { world, chain, grant, head } = begin()
    grant(4)
    await world.done(world.lander("first").landUpTo(head()))
    world.log.loseFrom(3)
    chain.addGarbage().addGarbage().addGarbage().addGarbage()
    await world.clock.run(1)
    world.append(chain)

    expect((await failed(world))?.code).toBe("LOG_TRUNCATED")
  })

  test("the log was cut where the last landed records had no events", async () => {
    const { world, chain, head } = begin()
    await world.done(world.lander("first").landUpTo(head()))
    world.append(chain.addGarbage().addGarbage())
    await world.done(world.lander("second").landUpTo(head()))
    world.log.loseFrom(3)

    expect((await failed(world))?.code).toBe("LOG_TRUNCATED")
  })

  test("the table's log is damaged", async () => {
    const { world } = begin()
    world.plant(commitPath(0), '{"add":')

    const fault = await failed(world)

    expect(fault).toMatchObject({ code: "LAKE_CORRUPT", message: expect.stringContaining(commitPath(0)) })
  })

  test("the table needs a newer build", async () => {
    const { world } = begin()
    world.commit(0, [{ protocol: { minReaderVersion: 3, minWriterVersion: 7 } }])

    expect((await failed(world))?.code).toBe("NEEDS_NEWER_BUILD")
    expect(world.versions).toHaveLength(1)
  })
})

function fill(world: World): void {
  world.lake.isFull = true
}

/** The records of a log as they were when it ended at an offset. */
function firstOnly(world: World, end: number) {
  return async function* (from: number, signal: AbortSignal) {
    for await (const { records } of readJudged(world.log.connect("first"), GENESIS, from, signal)) {
      yield { records: records.filter(({ offset }) => offset < end), head: end }
    }
  }
}

describe("at its stop, a lander", () => {
  const STOP_MS = 8000
  const warnings = ({ logger }: World) => logger.seen.filter(line => line.startsWith("warn"))

  test("lands what the log holds, seconds after its start too", async () => {
    const { world, grant, head } = begin()
    const lander = started(world, "a")
    await world.clock.run(100)
    grant(3)
    expect(world.landed).toBeUndefined()

    await world.done(lander.stop(STOP_MS))

    expect(lander).toMatchObject({ state: "stopped", landed: head() })
    expect(world.landed).toBe(head())
    expect(world.places).toEqual(["1-0", "2-0", "3-0", "4-0"])
    expect(warnings(world)).toEqual([])
  })

  test("leaves what the lake does not accept within the bound, and logs that", async () => {
    const { world, grant, head } = begin()
    const lander = started(world, "a", { through: publishing(async () => Promise.reject(noReply())) })
    await world.clock.run(100)
    grant(3)
    const stoppedAt = world.clock.now()

    await world.done(lander.stop(STOP_MS))

    expect(world.clock.now() - stoppedAt).toBeLessThanOrEqual(STOP_MS)
    expect(world.landed).toBeUndefined()
    expect(warnings(world)).toEqual([
      expect.stringContaining(`stops before ${head()} records of the log are`),
    ])
  })

  test("leaves the log to the one that is active, when it stands by", async () => {
    const { world, grant, head } = begin()
    const [active, standby] = [started(world, "a"), started(world, "b")]
    await world.clock.run(LAND_WITHIN_MS)
    expect(standby.state).toBe("standby")
    grant()

    await world.done(standby.stop(STOP_MS))
    expect(world.landed).toBe(head() - 1)

    await world.done(active.stop(STOP_MS))
    expect(world.landed).toBe(head())
    expect(warnings(world)).toEqual([])
  })
})
