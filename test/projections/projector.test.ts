import { describe, expect, test } from "vitest"
import type { Labels } from "../../src/lib/metrics.js"
import { encodeCommit } from "../../src/log/codec.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { projectorMetrics } from "../../src/projections/metrics.js"
import { Projector } from "../../src/projections/projector.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { FakeViewServer } from "../fakes/viewStore.js"
import { Chain, TEST_LAG_MAX } from "../log/support/judging.js"
import { genesisOf, recordsOf } from "../log/support/recordedLog.js"
import { granted, registered } from "../support/events.js"
import { KeptLogger } from "../support/keptLogger.js"
import { totalFrom, valueFrom } from "../support/metrics.js"

const alice = "player/alice"

describe("a projector", () => {
  test("fills an empty store, and keeps it up with the log", async () => {
    const { world, append, chain } = begin()
    const projector = world.projector("a")
    projector.start()
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(100)
    expect(world.gold()).toBe(1000)

    await append(chain.add([alice], [granted("alice", 5)]))
    await world.clock.run(100)

    expect(world.gold()).toBe(1005)
    expect(world.offset()).toBe(3)
    await world.stop(projector)
    expect(projector.state).toBe("stopped")
  })

  test("continues from the checkpoint that it finds", async () => {
    const { world, append, chain } = begin()
    const first = world.projector("a")
    first.start()
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(100)
    await world.stop(first)
    await append(chain.add([alice], [granted("alice", 5)]))

    const second = world.projector("b")
    second.start()
    await world.clock.run(100)

    expect(world.gold()).toBe(1005)
    await world.stop(second)
  })

  test("recovers by itself when the store was away", async () => {
    const { world, append, chain } = begin()
    const projector = world.projector("a")
    projector.start()
    await world.clock.run(100)
    world.views.cut("a")
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(60_000)
    expect(world.gold()).toBeNull()
    expect(world.logger.seen.filter(line => line.includes("starting again"))).toHaveLength(1)

    world.views.heal("a")
    await world.clock.run(1000)

    expect(world.gold()).toBe(1000)
    await world.stop(projector)
  })

  test("fills the store again when it was emptied, though the log is idle", async () => {
    const { world, append, chain } = begin()
    const projector = world.projector("a")
    projector.start()
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(100)

    world.views.empty()
    await world.clock.run(10_000)

    expect(world.gold()).toBe(1000)
    await world.stop(projector)
  })

  test("names dead letters and frozen aggregates, once", async () => {
    const { world, append, chain } = begin()
    const projector = world.projector("a")
    projector.start()
    await append(
      chain
        .addGarbage()
        .add([alice], [granted("alice", 5)])
        .add([alice], []),
    )
    await world.clock.run(100)

    const metrics = projectorMetrics(projector)
    expect(await valueFrom(metrics, "guildhall_projector_dead_letters_total")).toBe(1)
    expect(await valueFrom(metrics, "guildhall_projector_frozen_aggregates_total")).toBe(1)
    expect(world.logger.seen.filter(line => line.includes("dead letter"))).toHaveLength(1)
    expect(world.logger.entries.filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ aggregate: alice }) }),
    ])
    await world.stop(projector)
  })
})

// Shows R31.
describe("of two projectors", () => {
  test("one projects and the other stands by, and takes over when the checkpoint stands still for 5 s", async () => {
    const { world, append, chain } = begin()
    const [first, second] = [world.projector("a"), world.projector("b")]
    first.start()
    second.start()
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(3000)
    expect([first.state, second.state].sort()).toEqual(["active", "standby"])

    const [active, standby] = first.state === "active" ? [first, second] : [second, first]
    await world.stop(active)
    await append(chain.add([alice], [granted("alice", 5)]))
    await world.clock.run(4500)
    expect(world.gold()).toBe(1000)
    await world.clock.run(2000)

    expect(standby.state).toBe("active")
    expect(world.gold()).toBe(1005)
    await world.stop(standby)
  })

  test("the metrics show which is which, and the swap that decided it", async () => {
    const { world, append, chain } = begin()
    const projectors = [world.projector("a"), world.projector("b")]
    for (const projector of projectors) projector.start()
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(3000)

    const sum = (name: string, labels: Labels) => totalFrom(projectors.map(projectorMetrics), name, labels)
    expect(await sum("guildhall_projector_state", { state: "active" })).toBe(1)
    expect(await sum("guildhall_projector_state", { state: "standby" })).toBe(1)
    expect(await sum("guildhall_projector_state", { state: "failed" })).toBe(0)
    expect(await sum("guildhall_projector_swap_duration_seconds", { outcome: "won" })).toBeGreaterThan(0)
    expect(await sum("guildhall_projector_swap_duration_seconds", { outcome: "lost" })).toBe(1)
    for (const projector of projectors) await world.stop(projector)
  })

  test("the one that wakes up after the other took over does no harm, and one of them stands by", async () => {
    const { world, append, chain } = begin()
    const zombie = world.projector("a")
    zombie.start()
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(100)
    world.views.cut("a")
    const other = world.projector("b")
    other.start()
    await append(chain.add([alice], [granted("alice", 5)]))
    await world.clock.run(10_000)
    expect(world.gold()).toBe(1005)

    world.views.heal("a")
    for (let i = 0; i < 10; i++) {
      await append(chain.add([alice], [granted("alice", 5)]))
      await world.clock.run(100)
    }

    expect(world.gold()).toBe(1055)
    expect([zombie.state, other.state].sort()).toEqual(["active", "standby"])
    await world.stop(zombie)
    await world.stop(other)
  })
})

describe("a projector stops and says so when", () => {
  test("the log was cut below the views", async () => {
    const { world, append, chain } = begin()
    const projector = world.projector("a")
    projector.start()
    await append(chain.add([alice], [registered("alice")]).add([alice], [granted("alice", 5)]))
    await world.clock.run(100)

    world.log.loseFrom(1)
    await world.clock.run(5000)

    expect(projector.state).toBe("failed")
    expect(projector.fault?.code).toBe("LOG_TRUNCATED")
  })

  test("the views became those of another log while it stood by", async () => {
    const { world, append, chain } = begin()
    const [first, second] = [world.projector("a"), world.projector("b")]
    first.start()
    second.start()
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(3000)
    const standby = first.state === "standby" ? first : second
    await world.stop(standby === first ? second : first)
    world.views.empty()

    const stranger = world.projector("c", "log-2")
    stranger.start()
    await world.clock.run(2000)

    expect(standby.state).toBe("failed")
    expect(standby.fault?.code).toBe("LOG_TRUNCATED")
    await world.stop(stranger)
  })

  test("the views were made from another log", async () => {
    const { world, append, chain } = begin()
    const first = world.projector("a")
    first.start()
    await append(chain.add([alice], [registered("alice")]))
    await world.clock.run(100)
    await world.stop(first)

    const stranger = world.projector("b", "log-2")
    stranger.start()
    await world.clock.run(1000)

    expect(stranger.state).toBe("failed")
    expect(stranger.fault).toMatchObject({ code: "LOG_TRUNCATED" })
    expect(world.gold()).toBe(1000)
  })
})

function begin() {
  const world = new World()
  const chain = new Chain()
  let appended = 0
  /** Appends what was added to the chain since the last time. */
  const append = async ({ records }: Chain) => {
    const bytes = records.slice(appended).map(one => (one instanceof Uint8Array ? one : encodeCommit(one)))
    appended = records.length
    world.log.store(bytes)
    await world.clock.run(0)
  }
  return { world, chain, append }
}

class World {
  readonly clock = new FakeClock(0)
  readonly log = new FakeLogServer({ clock: this.clock, random: seeded(1) })
  readonly views = new FakeViewServer({ clock: this.clock, random: seeded(2) })
  readonly logger = new KeptLogger()

  constructor() {
    this.log.store(recordsOf(TEST_LAG_MAX, []))
  }

  projector(name: string, logId = "log-1"): Projector {
    return new Projector({
      log: this.log.connect(name),
      genesis: { ...genesisOf(TEST_LAG_MAX), logId },
      store: this.views.connect(name),
      clock: this.clock,
      logger: this.logger,
      keyRetention: 10_000,
    })
  }

  stop(projector: Projector): Promise<void> {
    return this.clock.runFor(projector.stop())
  }

  /** Alice's gold in the views, or null. */
  gold(): number | null {
    const { documents } = this.views.data(0).read(FOLD_VERSION, { documents: [alice], keys: [] })
    return JSON.parse(documents[0] ?? "null")?.state?.gold ?? null
  }

  offset(): number | undefined {
    return this.views.data(0).checkpoint(FOLD_VERSION)?.offset
  }
}
