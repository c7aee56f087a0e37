import { describe, expect, it } from "vitest"
import { type AuditOptions, audit } from "../../src/audit/audit.js"
import { LEADERS_MAX } from "../../src/audit/compareLeaderboards.js"
import { makeEvent } from "../../src/domain/events.js"
import { encodeGenesis } from "../../src/log/codec.js"
import type { ViewStore } from "../../src/ports/viewStore.js"
import { gaveGold, gaveSword } from "../support/events.js"
import { KEY_RETENTION, projected, storeOf, type Written } from "./support/views.js"
import { genesis, marketWorld, smallWorld, World } from "./support/world.js"

function auditOf(world: World, store: ViewStore, options: Partial<AuditOptions> = {}) {
  return audit({ log: world.log, genesis, store, lake: null, keyRetention: KEY_RETENTION, ...options })
}

describe("an audit of a whole log and its views", () => {
  it("finds nothing, and says what it compared", async () => {
    const world = smallWorld()

    const report = await auditOf(world, storeOf(await projected(world.log, world.head)))

    expect(report).toMatchObject({
      ok: true,
      provedTo: 12,
      checkpoint: 12,
      players: 3,
      guilds: 1,
      verdicts: { genesis: 1, effective: 11, superseded: 0, dead: 0 },
      gold: { start: "3000", granted: "500", spent: "285", total: "3215" },
      compared: { documents: 7, keys: 11, guilds: 1, scores: 10 },
      findings: { count: 0 },
    })
  })

  it("finds nothing after sales, fights, rests, gifts and trades", async () => {
    const world = marketWorld()

    const report = await auditOf(world, storeOf(await projected(world.log, world.head)))

    expect(report.findings.shown).toEqual([])
    expect(report).toMatchObject({
      ok: true,
      gold: { start: "3000", granted: "500", sold: "12", won: "30", spent: "285", total: "3257" },
    })
  })

  it("does not miss what players gave to one who is frozen, as another build may let them", async () => {
    const world = smallWorld().commits(["player/carol"], "carol/newer", [
      { type: "DragonTamed", v: 1, data: {} },
    ])
    const both = ["player/alice", "player/carol"]
    world.commits(both, "alice/gold", [gaveGold("alice", "carol", 100)])
    world.commits(both, "alice/sword", [gaveSword("alice", "carol", "katana", 150)])

    const report = await auditOf(world, storeOf(await projected(world.log, world.head)))

    expect(report.findings.shown).toEqual([])
    expect(report).toMatchObject({
      ok: true,
      gold: { total: "3115" },
      frozen: [{ aggregate: "player/carol" }],
    })
  })

  it("proves the rest of the log when the views are behind", async () => {
    const world = smallWorld()

    const report = await auditOf(world, storeOf(await projected(world.log, 5)))

    expect(report).toMatchObject({ ok: true, checkpoint: 5, provedTo: 12, compared: { documents: 6 } })
  })

  it.each([1, 2])("follows views that move on after read %i", async readsBefore => {
    const world = smallWorld()
    // So short that keys are dropped as the views move on.
    const keyRetention = 40
    const early = storeOf(await projected(world.log, 5, keyRetention))
    const late = storeOf(await projected(world.log, world.head, keyRetention))
    let reads = 0
    const moving: ViewStore = {
      ...early,
      read: (...args) => (reads++ < readsBefore ? early : late).read(...args),
    }

    const report = await auditOf(world, moving)

    expect(report).toMatchObject({ ok: true, checkpoint: 5, provedTo: 12 })
  })

  it("does not miss keys that are older than the retention", async () => {
    const world = smallWorld()
    const keyRetention = 40

    const report = await auditOf(world, storeOf(await projected(world.log, world.head, keyRetention)))

    expect(report).toMatchObject({ ok: true, compared: { keys: 6 } })
  })

  it("treats a commit that lost, and one that came too late, as not having happened", async () => {
    const world = smallWorld()
    const link = world.document("player/carol").link
    const grant = [makeEvent("GoldGranted", { player: "carol", amount: 7, reason: "luck" })]
    world.commits(["player/carol"], "carol/first", grant)
    // The same bytes again: a retry of the log's client.
    world.raw(world.log.records.at(-1)?.bytes ?? new Uint8Array())
    world.raw(encodeGenesis(genesis))

    const report = await auditOf(world, storeOf(await projected(world.log, world.head)))

    expect(link).not.toBeNull()
    expect(report).toMatchObject({
      ok: true,
      verdicts: { superseded: 1, dead: 1 },
      deadLetters: [{ offset: 14, reason: "a genesis that came too late" }],
    })
  })
})

/** A kind of damage to the views, and the one finding that it must produce. */
const viewDamages: readonly [string, (written: Written) => void, object][] = [
  [
    "wrong gold",
    ({ documents }) => change(documents, "player/alice", '"gold":1265', '"gold":1266'),
    { kind: "document", subject: "player/alice", field: "state.gold", expected: 1265, found: 1266 },
  ],
  [
    "a sword too many",
    ({ documents }) => change(documents, "player/bob", '"dagger":2', '"dagger":3'),
    { kind: "document", subject: "player/bob", field: "state.swords.dagger", expected: 2, found: 3 },
  ],
  [
    "another link",
    ({ documents }) => change(documents, "player/carol", "commit-3", "commit-2"),
    { kind: "document", subject: "player/carol", field: "link", expected: "commit-3", found: "commit-2" },
  ],
  [
    "a member forgotten",
    ({ documents }) => change(documents, "guild/knights", ',"bob"', ""),
    {
      kind: "document",
      subject: "guild/knights",
      field: "state.members.1",
      expected: "bob",
      found: undefined,
    },
  ],
  [
    "a player's document missing",
    ({ documents }) => documents.delete("player/carol"),
    { kind: "document", subject: "player/carol", field: "", found: null },
  ],
  [
    "a document that is not JSON",
    ({ documents }) => documents.set("player/carol", "{"),
    { kind: "document", subject: "player/carol", field: "", found: "{" },
  ],
  [
    "purchases missing",
    ({ documents }) => documents.delete("purchases/bob"),
    { kind: "purchases", subject: "purchases/bob", field: "", found: null },
  ],
  [
    "a purchase at another price",
    ({ documents }) => change(documents, "purchases/alice", '"price":60', '"price":61'),
    { kind: "purchases", subject: "purchases/alice", field: "recent.1.price", expected: 60, found: 61 },
  ],
  [
    "purchases of a player who bought nothing",
    ({ documents }) => documents.set("purchases/carol", '{"count":1,"recent":[]}'),
    { kind: "purchases", subject: "purchases/carol", field: "count", expected: 0, found: 1 },
  ],
  [
    "a key missing",
    written => {
      written.keys = written.keys.filter(({ id }) => id !== "bob/key-9")
    },
    { kind: "key", subject: "bob/key-9", field: "", found: null },
  ],
  [
    "a key that answers with another command",
    written => {
      written.keys = written.keys.map(key => {
        return key.id === "bob/key-9"
          ? { ...key, entry: key.entry.replace('"offset":10', '"offset":11') }
          : key
      })
    },
    { kind: "key", subject: "bob/key-9", field: "offset", expected: 10, found: 11 },
  ],
  [
    "a guild missing from the list",
    ({ guilds }) => guilds.delete("knights"),
    { kind: "guild-list", subject: "guild/knights", expected: "listed", found: "not listed" },
  ],
  [
    "a guild in the list that does not exist",
    ({ guilds }) => guilds.add("ghosts"),
    { kind: "guild-list", subject: "guild/ghosts", expected: "not listed", found: "listed" },
  ],
  [
    "too much gold on a leaderboard",
    ({ scores }) => scores.gold.set("alice", 1266),
    { kind: "leaderboard", subject: "player/alice", field: "gold", expected: 1265, found: 1266 },
  ],
  [
    "a player missing from a leaderboard",
    ({ scores }) => scores.swords.delete("carol"),
    { kind: "leaderboard", subject: "player/carol", field: "swords", expected: 0, found: null },
  ],
  [
    "a guild on a leaderboard that does not exist",
    ({ scores }) => scores.guildSize.set("ghosts", 1),
    { kind: "leaderboard", subject: "guild/ghosts", field: "guildSize", expected: null, found: 1 },
  ],
  [
    "another key time in the checkpoint",
    written => {
      written.checkpoint = { ...written.checkpoint, keyTime: 109 }
    },
    { kind: "checkpoint", field: "keyTime", expected: 110, found: 109 },
  ],
  [
    "the checkpoint of another log",
    written => {
      written.checkpoint = { ...written.checkpoint, logId: "another" }
    },
    { kind: "checkpoint", field: "", expected: "one of this log" },
  ],
  [
    "the hash of another record in the checkpoint",
    written => {
      written.checkpoint = { ...written.checkpoint, hash: "00000000" }
    },
    { kind: "checkpoint", field: "", expected: "one of this log" },
  ],
]

describe("an audit finds in the views", () => {
  it.each(viewDamages)("%s", async (_, damage, expected) => {
    const world = smallWorld()
    const written = await projected(world.log, world.head)
    damage(written)

    const { ok, findings } = await auditOf(world, storeOf(written))

    expect(ok).toBe(false)
    expect(findings.shown).toMatchObject([expected])
  })

  it.each([
    ["NEEDS_NEWER_BUILD", { folded: ["DragonTamed@1"] }],
    ["VIEWS_UNAVAILABLE", { frozen: ["GoldGranted@1"] }],
  ])("that another build made them, which is no difference: %s", async (code, types) => {
    const world = smallWorld()
    const written = await projected(world.log, world.head)
    written.checkpoint = { ...written.checkpoint, ...types }
    written.documents.clear()

    const { ok, needs, compared, findings } = await auditOf(world, storeOf(written))

    expect({ ok, compared, count: findings.count }).toEqual({ ok: false, compared: null, count: 0 })
    expect(needs).toMatchObject({ code, message: expect.stringContaining("@1") })
  })

  it("event types that were not folded, or the other way round", async () => {
    const world = smallWorld()
    const written = await projected(world.log, world.head)
    written.checkpoint = { ...written.checkpoint, folded: ["PlayerRegistered@1"], frozen: ["DragonTamed@1"] }

    const { ok, findings } = await auditOf(world, storeOf(written))

    expect(ok).toBe(false)
    expect(Object.keys(findings.byKind)).toEqual(["checkpoint"])
  })

  it("that they are missing", async () => {
    const { ok, findings, compared } = await auditOf(smallWorld(), storeOf(null))

    expect({ ok, compared }).toEqual({ ok: false, compared: null })
    expect(findings.shown).toMatchObject([{ kind: "no-views" }])
  })
})

/** What no honest writer appends, and the findings that it must produce when the views are its true fold. */
const logDamages: readonly [string, (world: World) => void, readonly object[]][] = [
  [
    "a fork: a commit on a link so old that its slot is forgotten",
    world => {
      const old = { "player/carol": null }
      world.commits(["player/carol"], "carol/fork", granted("carol", 5), old)
    },
    [{ kind: "fork", subject: "player/carol", expected: "commit-3", found: null }],
  ],
  [
    "a command that happened twice",
    world => {
      world.commits(["player/carol"], "carol/twice", granted("carol", 5))
      world.commits(["player/carol"], "carol/twice", granted("carol", 5))
    },
    [
      // The views keep one of the two, so the other's answer is gone as well.
      { kind: "key", subject: "carol/twice", field: "offset", expected: 12, found: 13 },
      { kind: "key", subject: "carol/twice", field: "at" },
      { kind: "doubled", subject: "carol/twice" },
    ],
  ],
  [
    "a price beyond the purse",
    world => world.commits(["player/carol"], "carol/broke", bought("carol", 1001)),
    [{ kind: "frozen", subject: "player/carol", field: "commit at offset 12" }],
  ],
  [
    "a guild over its capacity, which freezes; its newest member is on one side only, and that is one finding",
    world => {
      const joined = makeEvent("GuildJoined", { player: "carol", guild: "knights" })
      world.commits(["player/carol", "guild/knights"], "carol/join", [joined])
    },
    [{ kind: "frozen", subject: "guild/knights" }],
  ],
  [
    "an event that changes an aggregate which its commit does not name",
    world => world.commits(["player/bob"], "bob/lost", granted("carol", 5)),
    [{ kind: "frozen", subject: "player/bob", field: "commit at offset 12" }],
  ],
]

describe("an audit finds in the log", () => {
  it.each(logDamages)("%s", async (_, damage, expected) => {
    const world = smallWorld()
    damage(world)

    const { ok, findings } = await auditOf(world, storeOf(await projected(world.log, world.head)))

    expect(ok).toBe(false)
    const byKind = (one: object, other: object) => JSON.stringify(one).localeCompare(JSON.stringify(other))
    expect([...findings.shown].sort(byKind)).toMatchObject([...expected].sort(byKind))
  })

  it("an event newer than this build, which is not damage", async () => {
    const world = smallWorld()
    world.commits(["player/carol"], "carol/new", [{ type: "DragonTamed", v: 1, data: { player: "carol" } }])

    const report = await auditOf(world, storeOf(await projected(world.log, world.head)))

    expect(report).toMatchObject({
      ok: true,
      frozen: [{ aggregate: "player/carol", code: "NEEDS_NEWER_BUILD", offset: 12 }],
    })
  })
})

describe("a command id used again", () => {
  it("is not a finding once its key is forgotten", async () => {
    const world = smallWorld()
    const keyRetention = 20
    world.commits(["player/carol"], "carol/again", granted("carol", 5))
    for (let i = 0; i < 4; i++) world.commits(["player/bob"], `bob/${i}`, granted("bob", 5))
    world.commits(["player/carol"], "carol/again", granted("carol", 5))

    const report = await auditOf(world, storeOf(await projected(world.log, world.head, keyRetention)))

    expect(report).toMatchObject({ ok: true, verdicts: { effective: 17 } })
  })
})

describe("the findings of an audit", () => {
  it("are all counted, and the first ones shown", async () => {
    const world = smallWorld()
    const written = await projected(world.log, world.head)
    written.documents.clear()

    const { findings } = await auditOf(world, storeOf(written), { shownMax: 2 })

    expect(findings).toMatchObject({ count: 6, byKind: { document: 4, purchases: 2 } })
    expect(findings.shown).toHaveLength(2)
  })
})

describe("an audit of a leaderboard", () => {
  it("names the player who is out of order", async () => {
    const world = smallWorld()
    const store = storeOf(await projected(world.log, world.head))
    const turned: ViewStore = {
      ...store,
      top: async (...args) => {
        const { checkpoint, scores } = await store.top(...args)
        return { checkpoint, scores: [...scores].reverse() }
      },
    }

    const { findings } = await auditOf(world, turned)

    expect(findings.byKind).toEqual({ leaderboard: 6 })
    const found = { expected: "ahead of carol", found: "behind it" }
    expect(findings.shown).toContainEqual({
      kind: "leaderboard",
      subject: "player/alice",
      field: "gold",
      ...found,
    })
  })

  it("does not count as missing what its answer has no room for, and finds what is missing before that", async () => {
    const world = new World()
    for (let i = 0; i <= LEADERS_MAX; i++) {
      world.commits([`player/p${i}`], `p${i}/key`, [registered(`p${i}`, i)])
    }
    const written = await projected(world.log, world.head)
    written.scores.gold.delete("p77")
    // They push p1 out of the answer.
    for (const ghost of ["ghost-1", "ghost-2"]) written.scores.gold.set(ghost, LEADERS_MAX + 1)

    const { findings, compared } = await auditOf(world, storeOf(written))

    expect(compared).toMatchObject({ scores: 3 * LEADERS_MAX })
    expect(findings.shown).toMatchObject([
      { subject: "player/ghost-1", field: "gold", expected: null },
      { subject: "player/ghost-2", field: "gold", expected: null },
      { subject: "player/p77", field: "gold", expected: 77, found: null },
    ])
  })
})

describe("an audit gives up", () => {
  it("when the views go back during the audit", async () => {
    const world = smallWorld()
    const late = storeOf(await projected(world.log, world.head))
    const early = storeOf(await projected(world.log, 5))
    let reads = 0
    const rebuilt: ViewStore = { ...early, read: (...args) => (reads++ === 0 ? late : early).read(...args) }

    await expect(auditOf(world, rebuilt)).rejects.toMatchObject({ code: "VIEWS_BEHIND" })
  })
})

function change(documents: Map<string, string>, name: string, from: string, to: string): void {
  const text = documents.get(name) ?? ""
  if (!text.includes(from)) throw new Error(`${name} has no ${from}: ${text}`)
  documents.set(name, text.replace(from, to))
}

function registered(player: string, gold: number) {
  return makeEvent("PlayerRegistered", { player, region: "eu", gold, health: 100 }, { name: player })
}

function granted(player: string, amount: number) {
  return [makeEvent("GoldGranted", { player, amount, reason: "luck" })]
}

function bought(player: string, price: number) {
  return [makeEvent("SwordBought", { player, swordType: "excalibur", price, region: "eu", guild: null })]
}
