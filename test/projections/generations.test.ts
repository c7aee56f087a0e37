import { describe, expect, test } from "vitest"
import { encodeCommit } from "../../src/log/codec.js"
import type { Genesis } from "../../src/log/commit.js"
import { readJudged } from "../../src/log/judged.js"
import type { Log } from "../../src/ports/log.js"
import { BOARDS, type Checkpoint } from "../../src/ports/viewStore.js"
import { generationName } from "../../src/projections/checkpointText.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { Projector } from "../../src/projections/projector.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { VIEW_PARTS } from "../fakes/viewData.js"
import { FakeViewServer } from "../fakes/viewStore.js"
import { Chain, TEST_LAG_MAX } from "../log/support/judging.js"
import { genesisOf, recordsOf } from "../log/support/recordedLog.js"
import { bought, founded, granted, registered } from "../support/events.js"
import { KeptLogger } from "../support/keptLogger.js"

const alice = "player/alice"
const knights = "guild/knights"
const NOTHING = { documents: [], keys: [] }
const first = generationName(FOLD_VERSION, 1)
const second = generationName(FOLD_VERSION, 2)

describe("a projector whose views have lost a part", () => {
  const losses = VIEW_PARTS.flatMap(part => [[part, "whole"] as const, [part, "entry"] as const])

  test.each(losses)("(%s, %s) rebuilds them, though the log is idle", async (part, what) => {
    const world = new World()
    const projector = world.projector("a")
    projector.start()
    await world.clock.run(100)
    const whole = world.everything()

    world.views.data(0).lose(first, part, what)
    expect(world.checkpoint()).toBeNull()
    await world.clock.run(5000)

    expect(world.everything()).toEqual(whole)
    await world.stop(projector)
  })
})

describe("a build that knows events at which the views were frozen", () => {
  test("fills its own generation beside them when it starts, which takes their place", async () => {
    const world = new World()
    const whole = await world.frozenByAnOlderBuild()
    const live = world.checkpoint()
    const store = world.views.connect("b")
    const projector = world.projector("a", { batch: 2 })

    projector.start()
    const looks = new Set<string>()
    while (world.checkpoint()?.generation === first) {
      const { checkpoint } = await world.clock.runFor(store.read(second, NOTHING))
      looks.add(`${checkpoint?.offset} ${projector.filling?.offset}`)
      if (world.checkpoint()?.generation === first) expect(world.checkpoint()).toEqual(live)
      await world.clock.run(1)
    }
    await world.clock.run(100)

    expect(looks.size).toBeGreaterThan(1)
    expect(world.everything()).toEqual({ ...whole, checkpoint: { ...whole.checkpoint, generation: second } })
    expect(projector.filling).toBeNull()
    world.append(chain => chain.add([alice], [granted("alice", 5)]))
    await world.clock.run(100)
    expect(world.checkpoint()).toMatchObject({ generation: second, offset: world.head })
    await world.stop(projector)
  })

  test("folds nothing twice when its store falls back behind the swap that it has just won", async () => {
    const world = new World()
    const whole = await world.frozenByAnOlderBuild()
    const projector = world.projector("b", { batch: 2 })
    projector.start()
    const filled = () => world.views.data(0).checkpoint(second)?.offset ?? 0
    while (filled() === 0) await world.clock.run(1)
    const before = world.views.snapshot()
    const offset = filled()
    while (filled() === offset) await world.clock.run(1)
    // The swap is answered, and the look whether the generation is live now is on its way.
    await world.clock.run(1)
    world.views.cut("b")
    world.views.restore(before)
    await world.clock.run(5)
    world.views.heal("b")
    await world.clock.run(1000)

    expect(world.everything()).toEqual({ ...whole, checkpoint: { ...whole.checkpoint, generation: second } })
    await world.stop(projector)
  })

  test("continues what a previous process has filled", async () => {
    const world = new World()
    await world.frozenByAnOlderBuild()
    const begun = world.projector("a", { batch: 2 })
    begun.start()
    while ((begun.filling?.offset ?? 0) < 2) await world.clock.run(1)
    await world.stop(begun)
    world.views.cut("a")

    const projector = world.projector("b", { batch: 2 })
    projector.start()
    await world.clock.run(100)

    expect(world.won.filter(({ generation, offset }) => generation === second && offset === 2)).toHaveLength(
      1,
    )
    expect(world.checkpoint()).toMatchObject({ generation: second, offset: world.head })
    await world.stop(projector)
  })

  test("does not begin one while it runs, but says what to do", async () => {
    const world = new World()
    const projector = world.projector("a")
    projector.start()
    await world.clock.run(100)

    world.freeze()
    await world.clock.run(20_000)

    expect(world.checkpoint()).toMatchObject({ generation: first })
    expect(world.views.data(0).checkpoint(second)).toBeNull()
    const told = world.logger.entries.map(({ fields }) => JSON.stringify(fields)).join()
    expect(told).toContain("were frozen by an older build at GoldGranted@1")
    const another = world.projector("b")
    another.start()
    await world.clock.run(3000)
    expect(world.checkpoint()).toMatchObject({ generation: second, offset: world.head })
    await world.stop(projector)
    await world.stop(another)
  })

  test("of two that start at once one fills, and the other stands by", async () => {
    const world = new World()
    await world.frozenByAnOlderBuild()
    const projectors = [world.projector("a", { batch: 2 }), world.projector("b", { batch: 2 })]
    for (const projector of projectors) projector.start()
    await world.clock.run(10_000)

    expect(projectors.map(({ state }) => state).sort()).toEqual(["active", "standby"])
    expect(world.checkpoint()).toMatchObject({ generation: second, offset: world.head })
    for (const projector of projectors) await world.stop(projector)
  })
})

describe("a build that does not know an event in the views", () => {
  test("stops and says which, and leaves them as they are", async () => {
    const world = new World()
    await world.frozenByAnOlderBuild()
    world.write({ folded: ["DragonTamed@1"], frozen: ["GoldGranted@1"] })
    const before = world.everything()
    const projector = world.projector("a")

    projector.start()
    await world.clock.run(10_000)

    expect(projector.state).toBe("failed")
    expect(projector.fault).toMatchObject({ code: "NEEDS_NEWER_BUILD" })
    expect(projector.fault?.message).toContain("does not know: DragonTamed@1")
    expect(world.everything()).toEqual(before)
  })

  test("does so as a standby too, once a newer build has folded one", async () => {
    const world = new World()
    const [one, other] = [world.projector("a"), world.projector("b")]
    one.start()
    other.start()
    await world.clock.run(3000)
    const [active, standby] = one.state === "active" ? [one, other] : [other, one]
    await world.stop(active)

    world.write({ folded: ["SwordBought@2"] })
    await world.clock.run(2000)

    expect(standby.fault).toMatchObject({ code: "NEEDS_NEWER_BUILD" })
  })
})

/** A log that touches every part of the views, and projectors on it. */
class World {
  readonly clock = new FakeClock(0)
  readonly log = new FakeLogServer({ clock: this.clock, random: seeded(1) })
  /** The checkpoints of the swaps that were won. */
  readonly won: Checkpoint[] = []
  readonly views = new FakeViewServer({
    clock: this.clock,
    random: seeded(2),
    faults: { latencyMs: [1, 1] },
    onWon: to => this.won.push(to),
  })
  readonly logger = new KeptLogger()
  readonly #chain = new Chain()
  #appended = 0

  constructor() {
    this.log.store(recordsOf(TEST_LAG_MAX, []))
    this.append(chain =>
      chain
        .add([alice], [registered("alice")])
        .add(["player/bob"], [registered("bob")])
        .add([alice], [granted("alice", 5)])
        .add([alice], [bought("alice", "dagger", 100)])
        .add([alice, knights], [founded("alice", "knights")]),
    )
  }

  get head(): number {
    return this.log.records.length
  }

  append(add: (chain: Chain) => void): void {
    add(this.#chain)
    const added = this.#chain.records.slice(this.#appended)
    this.#appended = this.#chain.records.length
    this.log.store(added.map(one => (one instanceof Uint8Array ? one : encodeCommit(one))))
  }

  projector(name: string, { batch = 100 } = {}): Projector {
    const log = this.log.connect(name)
    const genesis = genesisOf(TEST_LAG_MAX)
    const records = (from: number, signal: AbortSignal) => inBatches(log, genesis, from, batch, signal)
    const shared = { log, genesis, store: this.views.connect(name), clock: this.clock, logger: this.logger }
    return new Projector({ ...shared, keyRetention: 10_000, records })
  }

  stop(projector: Projector): Promise<void> {
    return this.clock.runFor(projector.stop())
  }

  checkpoint(): Checkpoint | null {
    return this.views.data(0).checkpoint(FOLD_VERSION)
  }

  everything() {
    const data = this.views.data(0)
    const names = [alice, "player/bob", "purchases/alice", knights]
    const { checkpoint, documents, keys } = data.read(FOLD_VERSION, { documents: names, keys: ["alice/k3"] })
    const boards = BOARDS.map(board => data.top(FOLD_VERSION, board, 10).scores)
    return { checkpoint, documents, keys, guilds: data.list(FOLD_VERSION, "guilds", null, 10).ids, boards }
  }

  /** Leaves views as a build does that does not know GoldGranted; returns what they must become. */
  async frozenByAnOlderBuild() {
    const projector = this.projector("older")
    projector.start()
    await this.clock.run(100)
    await this.stop(projector)
    const whole = this.everything()
    this.freeze()
    return whole
  }

  freeze(): void {
    this.write({ frozen: ["GoldGranted@1"] })
  }

  /** A swap of another build, which lists other types. */
  write(types: Partial<Checkpoint>): void {
    const data = this.views.data(0)
    const from = data.checkpoint(FOLD_VERSION)
    if (from === null) throw new Error("no views")
    const none = { set: [], remove: [] }
    const scores = { gold: none, swords: none, monsters: none, guildSize: none }
    const writes = { documents: new Map(), keys: [], lists: { guilds: { add: [], remove: [] } }, scores }
    data.swap(from, { ...from, ...types }, writes)
  }
}

/** Like `readJudged`, a few records at a time. */
async function* inBatches(log: Log, genesis: Genesis, from: number, batch: number, signal: AbortSignal) {
  for await (const { records, head } of readJudged(log, genesis, from, signal)) {
    for (let at = 0; at < records.length; at += batch) yield { records: records.slice(at, at + batch), head }
  }
}
