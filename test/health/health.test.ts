import { describe, expect, test } from "vitest"
import { Health } from "../../src/health/health.js"
import { healthMetrics } from "../../src/health/metrics.js"
import { Watch } from "../../src/health/watch.js"
import { type KnownLog, LandingLag } from "../../src/lander/landingLag.js"
import { Fault } from "../../src/ports/faults.js"
import { SILENT } from "../../src/ports/logger.js"
import type { StalledReader } from "../../src/ports/stalledReaders.js"
import type { Filling } from "../../src/projections/projector.js"
import { valueFrom } from "../support/metrics.js"
import { TailWorld } from "../tail/support/world.js"

const NAMES = ["log", "views", "lake", "history", "SQL views"] as const

type Name = (typeof NAMES)[number]

/** A process whose parts are in the state that the test sets. */
class Process {
  readonly world = new TailWorld()
  readonly problems = new Map<Name, string>()
  readonly probe = this.world.probe
  /** How far the log has landed. */
  landed: number | null = 1
  readonly projector: { fault: Fault | null; filling: Filling | null } = { fault: null, filling: null }
  readonly lander: { fault: Fault | null; problem: string | null } = { fault: null, problem: null }
  readonly stores = { log: { stalledReaders: [] as StalledReader[] }, views: {} }
  readonly health: Health

  constructor() {
    const { world, projector, lander, probe, stores } = this
    const { records } = world.logServer
    const watch = (name: Name) => this.#watch(name)
    const log: KnownLog = {
      get head() {
        return records.length
      },
      appendedAt: offset => records[offset]?.at ?? null,
    }
    const landed = () => this.landed
    this.health = new Health({
      ...{ tail: world.tail, views: probe, projector, lander, stores },
      landing: new LandingLag({ landed, log, clock: world.clock, landWithinMs: 60_000 }),
      watches: {
        log: watch("log"),
        views: watch("views"),
        lake: watch("lake"),
        history: watch("history"),
        sqlViews: watch("SQL views"),
      },
    })
  }

  /** With a tail that has read everything, and each part probed. */
  async begin(): Promise<void> {
    this.world.tail.start()
    await this.world.clock.run(0)
    this.health.start()
    await this.looked()
  }

  async looked(): Promise<void> {
    await this.world.clock.run(1000)
  }

  #watch(name: Name): Watch {
    const probe = async () => {
      const problem = this.problems.get(name)
      if (problem !== undefined) throw new Fault("HISTORY_UNAVAILABLE", problem)
    }
    const times = { everyMs: 1000, withinMs: 1000 }
    return new Watch({
      ...{ name, probe, code: "HISTORY_UNAVAILABLE", logger: SILENT, clock: this.world.clock },
      ...times,
    })
  }
}

async function begun(): Promise<Process> {
  const process = new Process()
  await process.begin()
  return process
}

// Shows R48.
describe("health", () => {
  test("reports nothing when all is well", async () => {
    const { health } = await begun()

    expect([health.unready(), health.degraded()]).toEqual([[], []])
  })

  test.each(["log", "views"] as const)("is unready without its %s, and recovers by itself", async name => {
    const process = await begun()
    process.problems.set(name, "away")
    await process.looked()
    expect([process.health.unready(), process.health.degraded()]).toEqual([[`${name}: away`], []])

    process.problems.clear()
    await process.looked()
    expect(process.health.unready()).toEqual([])
  })

  test.each(["lake", "history", "SQL views"] as const)("is degraded without its %s", async name => {
    const process = await begun()
    process.problems.set(name, "away")
    await process.looked()

    expect([process.health.unready(), process.health.degraded()]).toEqual([[], [`${name}: away`]])
  })

  test("is degraded while a process is stalled in the middle of a read, and names that process", async () => {
    const { health, stores } = await begun()
    const stalled = () => valueFrom(healthMetrics(health), "guildhall_stalled_readers", { store: "log" })
    expect(await stalled()).toBe(0)

    stores.log.stalledReaders.push({ pid: 4711, forMs: 31_500 })

    expect(health.unready()).toEqual([])
    expect(health.degraded()).toEqual([
      expect.stringMatching(/^log: process 4711 has been stalled .* for 31 s/),
    ])
    expect(await stalled()).toBe(1)
  })

  test("is unready when the projector has failed, and while the view store is full", async () => {
    const process = await begun()
    process.projector.fault = new Fault("LOG_TRUNCATED", "the log was cut")
    process.world.viewServer.share = 0.95
    await process.world.project()
    await process.world.clock.runFor(process.probe.look())

    expect(process.health.unready()).toEqual([
      expect.stringContaining("views: the view store is full: 95 %"),
      "projector: the log was cut",
    ])
  })

  test("is unready while the projector fills its own generation, and says how far it has come", async () => {
    const process = await begun()
    process.projector.filling = { generation: "3.2", offset: 0 }

    expect(process.health.unready()).toEqual([
      "projector: fills generation 3.2 beside the live one: offset 0 of 1",
    ])
  })

  test("reports one cause once: an engine's problem hides a retrying lander and SQL views that are not kept", async () => {
    const process = await begun()
    process.lander.problem = "the lake is away"
    expect(process.health.degraded()).toEqual(["lander: the lake is away"])

    for (const name of ["lake", "history", "SQL views"] as const) process.problems.set(name, "away")
    await process.looked()
    expect(process.health.degraded()).toEqual(["lake: away", "history: away"])

    process.lander.fault = new Fault("LAKE_CORRUPT", "a file is missing")
    expect(process.health.degraded()).toContain("lander: a file is missing")
  })

  test("is degraded while landing is late, whichever process should land", async () => {
    const process = await begun()
    await process.world.append([Buffer.from("a")])
    await process.world.clock.run(130_000)
    expect(process.health.degraded()).toEqual([])

    await process.world.clock.run(1000)
    expect(process.health.degraded()).toEqual([
      "landing: the oldest record that is not in the lake is 131 s old, expected at most 130 s (LAND_WITHIN); landed to offset 1 of 2",
    ])

    process.landed = 2
    expect(process.health.degraded()).toEqual([])
  })

  test("is degraded while the views stand still behind the log, whichever process should write them", async () => {
    const process = await begun()
    const { world, health } = process
    await world.project()
    await world.append([Buffer.from("a")])
    await world.clock.run(15_000)
    await world.clock.runFor(world.views.refresh())
    expect(health.degraded()).toEqual([])

    await world.clock.run(1000)
    expect(health.degraded()).toEqual([
      "views: the oldest record not yet projected is 16 s old, expected at most 15 s; projected to offset 1: is a projector running?",
    ])

    await world.project()
    await world.clock.runFor(world.views.refresh())
    expect(health.degraded()).toEqual([])
  })

  test("does not guess how far the log has landed before the lake was read", async () => {
    const process = await begun()
    process.landed = null
    await process.world.clock.run(1_000_000)

    expect(process.health.degraded()).toEqual([])
  })

  test("shows each engine in a metric", async () => {
    const process = await begun()
    const metrics = healthMetrics(process.health)
    const up = () =>
      Promise.all(
        ["log", "views", "lake", "history"].map(engine =>
          valueFrom(metrics, "guildhall_engine_up", { engine }),
        ),
      )
    expect([await up(), await valueFrom(metrics, "guildhall_ready")]).toEqual([[1, 1, 1, 1], 1])

    process.problems.set("views", "away")
    process.problems.set("history", "away")
    await process.looked()

    expect([await up(), await valueFrom(metrics, "guildhall_ready")]).toEqual([[1, 0, 1, 0], 0])
  })
})
