import { encodeCommit } from "../../src/log/codec.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { Projector } from "../../src/projections/projector.js"
import { type ConsumerWorld, consumerContract } from "../contract/consumer.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { FakeViewServer } from "../fakes/viewStore.js"
import { Chain, TEST_LAG_MAX } from "../log/support/judging.js"
import { genesisOf, recordsOf } from "../log/support/recordedLog.js"
import { gatedViewStore } from "../simulation/gated.js"
import { granted, registered } from "../support/events.js"
import { KeptLogger } from "../support/keptLogger.js"

const alice = "player/alice"

function projecting(): ConsumerWorld<Projector> {
  const clock = new FakeClock(0)
  const log = new FakeLogServer({ clock, random: seeded(1) })
  const views = new FakeViewServer({ clock, random: seeded(2) })
  const logger = new KeptLogger()
  const genesis = genesisOf(TEST_LAG_MAX)
  const chain = new Chain()
  log.store(recordsOf(TEST_LAG_MAX, []))
  const append = (added: Chain) => {
    const record = added.records.at(-1)
    if (record !== undefined) log.store([record instanceof Uint8Array ? record : encodeCommit(record)])
  }
  append(chain.add([alice], [registered("alice")]))
  return {
    ...{ clock, log, logger },
    consumer: (name, process) => {
      const store = gatedViewStore(views.connect(name), process)
      const place = { log: log.connect(name, process), genesis, store, clock: process }
      return new Projector({ ...place, logger, keyRetention: 10_000 })
    },
    append: () => append(chain.add([alice], [granted("alice", 5)])),
    appendUnreadable: () => {
      append(chain.add(["player/bob"], [{ type: "DragonTamed", v: 1, data: { player: "bob" } }]))
    },
    taken: () => {
      const { documents } = views.data(0).read(FOLD_VERSION, { documents: [alice], keys: [] })
      return (JSON.parse(documents[0] ?? "null")?.state?.gold - 1000) / 5
    },
    cut: name => views.cut(name),
    heal: name => views.heal(name),
    spoil: () => {
      const data = views.data(0)
      const from = data.checkpoint(FOLD_VERSION)
      if (from === null) throw new Error("no views")
      const none = { set: [], remove: [] }
      const scores = { gold: none, swords: none, monsters: none, guildSize: none }
      const writes = { documents: new Map(), keys: [], lists: { guilds: { add: [], remove: [] } }, scores }
      data.swap(from, { ...from, folded: ["DragonTamed@1"] }, writes)
    },
  }
}

consumerContract(
  "a projector",
  {
    settleMs: 1000,
    lookEveryMs: 1000,
    stillMs: 5000,
    pauseMostMs: 200,
    stateAfterFault: "active",
    spoiltCode: "NEEDS_NEWER_BUILD",
    unreadableCode: null,
  },
  projecting,
)
