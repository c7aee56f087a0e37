import { describe, expect, test } from "vitest"
import type { Judged } from "../../src/log/judged.js"
import type { Checkpoint } from "../../src/ports/viewStore.js"
import { generationName } from "../../src/projections/checkpointText.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { project } from "../../src/projections/projection.js"
import { Chain, TEST_LAG_MAX } from "../log/support/judging.js"
import { genesisOf } from "../log/support/recordedLog.js"
import { bought, dissolved, founded, granted, joined, left, registered } from "../support/events.js"

const alice = "player/alice"
const bob = "player/bob"
const knights = "guild/knights"
const KEY_RETENTION = 2000

describe("a batch", () => {
  test("writes each changed document once, as it is at the end", async () => {
    const chain = new Chain().add([alice], [registered("alice")]).add([alice], [granted("alice", 5)])

    const { writes } = await projected(chain)

    expect([...writes.documents.keys()]).toEqual([alice])
    expect(document(writes, alice)).toMatchObject({ link: "c2", version: 2, state: { gold: 1005 } })
  })

  test("writes nothing for records that change nothing", async () => {
    const { writes } = await projected(new Chain().addGarbage())

    expect(writes.documents.size).toBe(0)
    expect(writes.keys).toEqual([])
    expect(writes.lists.guilds).toEqual({ add: [], remove: [] })
  })

  test("writes the link that a superseded commit took, even without a state", async () => {
    const chain = new Chain().add([alice], [registered("alice")])
    chain.addRival({ [alice]: null, [bob]: null }, [registered("bob")])

    const { writes } = await projected(chain)

    expect(document(writes, bob)).toEqual({ link: "c2", version: 0, state: null })
  })

  test("writes a player's purchases beside it", async () => {
    const chain = new Chain().add([alice], [registered("alice", { gold: 5000 })])
    for (let i = 0; i < 25; i++) chain.add([alice], [bought("alice", "dagger", 25)])

    const { writes } = await projected(chain)

    const purchases = document(writes, "purchases/alice")
    expect(purchases).toMatchObject({ count: 25 })
    expect((purchases as { recent: { id: string }[] }).recent.map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, i) => `${26 - i}-0`),
    )
  })

  test("leaves a player's purchases alone when a foreign commit names them as an aggregate", async () => {
    const { writes } = await projected(new Chain().add(["purchases/alice"], []))

    expect([...writes.documents.keys()]).toEqual([])
  })

  test("ends with a checkpoint that knows the record before it", async () => {
    const chain = new Chain().addGarbage().add([alice], [registered("alice")])

    const { to, judged } = await projected(chain, offset => 500 * offset)

    expect(to).toEqual({
      logId: "log-1",
      realm: 0,
      generation: `${FOLD_VERSION}.1`,
      offset: 3,
      hash: judged[2]?.hash,
      at: 1000,
      keyTime: 1000,
      keyRetention: KEY_RETENTION,
      firstBucket: 0,
      lastBucket: 1,
      folded: ["PlayerRegistered@1"],
      frozen: [],
    })
  })

  test("continues the generation, key time and retention of the checkpoint it starts from", async () => {
    const judged = await new Chain().add([alice], [registered("alice")]).judged(offset => offset * 500)
    const from: Checkpoint = {
      ...project(judged.slice(0, 1), none(), place(null)).to,
      generation: `${FOLD_VERSION}.7`,
      keyTime: 9000,
      keyRetention: 1000,
    }

    const { to } = project(judged.slice(1), none(), place(from))

    expect(to).toMatchObject({ generation: `${FOLD_VERSION}.7`, keyTime: 9500, keyRetention: 1000 })
    expect([to.firstBucket, to.lastBucket]).toEqual([17, 19])
  })

  test("of nothing is a bug", () => {
    expect(() => project([], none(), place(null))).toThrow("no records")
  })
})

describe("the list of guilds", () => {
  const first = new Chain()
    .add([alice], [registered("alice")])
    .add([bob], [registered("bob")])
    .add([alice, knights], [founded("alice", "knights")])

  test("gets a founded guild", async () => {
    expect((await projected(first)).writes.lists.guilds).toEqual({ add: ["knights"], remove: [] })
  })

  test("loses a dissolved guild, but not one that somebody only left", async () => {
    const judged = await new Chain()
      .add([alice], [registered("alice")])
      .add([bob], [registered("bob")])
      .add([alice, knights], [founded("alice", "knights")])
      .add([bob, knights], [joined("bob", "knights")])
      .add([alice, knights], [left("alice", "knights")])
      .add([bob, knights], [left("bob", "knights"), dissolved("bob", "knights")])
      .judged()
    const documents = none()
    const { to } = project(judged.slice(0, 4), documents, place(null))

    const someLeft = project(judged.slice(4, 6), documents, place(to))
    const allLeft = project(judged.slice(6), documents, place(someLeft.to))

    expect(someLeft.writes.lists.guilds).toEqual({ add: [], remove: [] })
    expect(allLeft.writes.lists.guilds).toEqual({ add: [], remove: ["knights"] })
  })

  test("is not touched by a guild that came and went within the batch", async () => {
    const chain = new Chain()
      .add([alice], [registered("alice")])
      .add([alice, knights], [founded("alice", "knights")])
      .add([alice, knights], [left("alice", "knights"), dissolved("alice", "knights")])

    expect((await projected(chain)).writes.lists.guilds).toEqual({ add: [], remove: [] })
  })

  test("keeps one that was dissolved and founded again within the batch", async () => {
    const judged = await new Chain()
      .add([alice], [registered("alice")])
      .add([alice, knights], [founded("alice", "knights")])
      .add([alice, knights], [left("alice", "knights"), dissolved("alice", "knights")])
      .add([alice, knights], [founded("alice", "knights")])
      .judged()
    const documents = none()
    const { to } = project(judged.slice(0, 3), documents, place(null))

    expect(project(judged.slice(3), documents, place(to)).writes.lists.guilds).toEqual({
      add: [],
      remove: [],
    })
  })
})

describe("the leaderboards", () => {
  const none = { set: [], remove: [] }

  test("get every player's gold and swords, 0 too, and every guild's members", async () => {
    const chain = new Chain()
      .add([alice], [registered("alice")])
      .add([bob], [registered("bob")])
      .add(
        [alice],
        [bought("alice", "dagger", 25), bought("alice", "katana", 150), bought("alice", "dagger", 25)],
      )
      .add([alice, knights], [founded("alice", "knights")])
      .add([bob, knights], [joined("bob", "knights")])

    const { writes } = await projected(chain)

    const players = (one: number, other: number) => [
      { id: "alice", score: one },
      { id: "bob", score: other },
    ]
    expect(writes.scores).toEqual({
      gold: { set: players(800, 1000), remove: [] },
      swords: { set: players(3, 0), remove: [] },
      monsters: { set: players(0, 0), remove: [] },
      guildSize: { set: [{ id: "knights", score: 2 }], remove: [] },
    })
  })

  test("get only the scores that changed since the batch before", async () => {
    const judged = await new Chain()
      .add([alice], [registered("alice")])
      .add([alice], [granted("alice", 5)])
      .add([alice, knights], [founded("alice", "knights")])
      .judged()
    const documents = { aggregates: new Map(), purchases: new Map() }
    const first = project(judged.slice(0, 2), documents, place(null))

    const grant = project(judged.slice(2, 3), documents, place(first.to))
    const guild = project(judged.slice(3), documents, place(grant.to))

    const gold = { set: [{ id: "alice", score: 1005 }], remove: [] }
    expect(grant.writes.scores).toEqual({ gold, swords: none, monsters: none, guildSize: none })
    const guildSize = { set: [{ id: "knights", score: 1 }], remove: [] }
    expect(guild.writes.scores).toEqual({ gold: none, swords: none, monsters: none, guildSize })
  })

  test("lose a guild that is dissolved", async () => {
    const judged = await new Chain()
      .add([alice], [registered("alice")])
      .add([alice, knights], [founded("alice", "knights")])
      .add([alice, knights], [left("alice", "knights"), dissolved("alice", "knights")])
      .judged()
    const documents = { aggregates: new Map(), purchases: new Map() }
    const { to } = project(judged.slice(0, 3), documents, place(null))

    const { writes } = project(judged.slice(3), documents, place(to))

    const guildSize = { set: [], remove: ["knights"] }
    expect(writes.scores).toEqual({ gold: none, swords: none, monsters: none, guildSize })
  })

  test("are not touched by a link that a superseded commit took", async () => {
    const chain = new Chain().add([alice], [registered("alice")])
    chain.addRival({ [alice]: null, [bob]: null }, [registered("bob")])

    const { writes } = await projected(chain)

    expect(writes.scores.gold).toEqual({ set: [{ id: "alice", score: 1000 }], remove: [] })
  })
})

describe("keys", () => {
  test("are in the bucket of their own record's key time, each with its command's events", async () => {
    const chain = new Chain()
      .add([alice], [registered("alice")])
      .add([alice], [granted("alice", 1)])
      .add([alice], [granted("alice", 2)])

    const { writes } = await projected(chain, offset => 1000 * offset)

    expect(writes.keys.map(({ id, bucket }) => [id, bucket])).toEqual([
      ["alice/k1", 1],
      ["alice/k2", 2],
      ["alice/k3", 3],
    ])
    expect(JSON.parse(writes.keys[1]?.entry ?? "")).toEqual({
      digest: "d",
      offset: 2,
      at: 2000,
      firstIndex: 0,
      events: [granted("alice", 1)],
    })
  })

  test("contain no personal fields", async () => {
    const { writes } = await projected(new Chain().add([alice], [registered("alice", { name: "Secret" })]))

    expect(writes.keys[0]?.entry).not.toContain("Secret")
  })

  test("of commands that did not happen are not written", async () => {
    const chain = new Chain().add([alice], [registered("alice")])
    chain.addRival({ [alice]: null }, [registered("alice")])

    expect((await projected(chain)).writes.keys.map(({ id }) => id)).toEqual(["alice/k1"])
  })
})

describe("a commit that this build cannot fold", () => {
  test.each([
    ["AGGREGATE_FROZEN", { type: "GoldGranted", v: 1, data: {} }],
    ["NEEDS_NEWER_BUILD", { type: "DragonTamed", v: 1, data: {} }],
  ])("freezes its aggregates with %s, and says which; all others go on", async (code, event) => {
    const chain = new Chain()
      .add([alice], [registered("alice")])
      .add([alice, knights], [event])
      .add([bob], [registered("bob")])
      .add([alice], [granted("alice", 1)])

    const { writes, frozen } = await projected(chain)

    expect(frozen).toEqual([alice, knights])
    expect(document(writes, alice)).toMatchObject({
      link: "c4",
      state: { gold: 1000 },
      frozen: { code, offset: 2 },
    })
    expect(document(writes, bob)).toMatchObject({ state: { gold: 1000 } })
  })

  test("is reported once, by the batch that froze", async () => {
    const judged = await new Chain()
      .add([alice], [granted("alice", 1)])
      .add([alice], [granted("alice", 1)])
      .judged()
    const documents = none()
    const first = project(judged.slice(0, 2), documents, place(null))

    const second = project(judged.slice(2), documents, place(first.to))

    expect(first.frozen).toEqual([alice])
    expect(second.frozen).toEqual([])
  })
})

async function projected(chain: Chain, at?: (offset: number) => number) {
  const judged: readonly Judged[] = await chain.judged(at)
  return { judged, ...project(judged, none(), place(null)) }
}

function none() {
  return { aggregates: new Map(), purchases: new Map() }
}

function place(from: Checkpoint | null) {
  const generation = from?.generation ?? generationName(FOLD_VERSION, 1)
  return { genesis: genesisOf(TEST_LAG_MAX), generation, from, keyRetention: KEY_RETENTION }
}

function document({ documents }: { documents: ReadonlyMap<string, string> }, name: string): unknown {
  return JSON.parse(documents.get(name) ?? "null")
}
