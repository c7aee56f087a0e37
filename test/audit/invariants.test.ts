import { describe, expect, it } from "vitest"
import { Findings } from "../../src/audit/findings.js"
import { checkInvariants, type Population } from "../../src/audit/invariants.js"
import type { GuildState } from "../../src/domain/guild.js"
import type { PlayerState } from "../../src/domain/player.js"
import { goods } from "../support/events.js"
import { playerState } from "../support/players.js"

// No event of this build folds to such states; they are here for the day that one might.

function player(id: string, more: Partial<PlayerState> = {}): PlayerState {
  return playerState(id, { guild: "knights", ...more })
}

function guild(members: readonly string[], capacity = 2): GuildState {
  return { id: "knights", name: "Knights", capacity, founder: "alice", members }
}

function population(players: readonly PlayerState[], guilds: readonly GuildState[]): Population {
  return {
    players: new Map(players.map(one => [one.id, one])),
    guilds: new Map(guilds.map(one => [one.id, one])),
    frozen: [],
  }
}

function found(states: Population, gold: bigint, swords = 0n): readonly object[] {
  const findings = new Findings()
  checkInvariants(states, { gold, swords }, findings)
  return findings.shown
}

const members = ["alice", "bob"]

const open = { gives: goods(1), wants: goods(0) }
const offers = { "7-0": { ...open, player: "alice" } }

/** Alice has offered Bob a trade; Bob has swords. */
function trading(bob: Partial<PlayerState>): Population {
  const swords = { swords: { katana: 3 }, swordPrices: { katana: 5 } }
  const [one, other] = [
    { guild: null, trades: { "7-0": { ...open, player: "bob" } } },
    { guild: null, offers },
  ]
  return population([player("alice", one), player("bob", { ...other, ...swords, ...bob })], [])
}

// Shows R27.
describe("the invariants of a realm", () => {
  it("hold", () => {
    expect(found(population([player("alice"), player("bob")], [guild(members)]), 200n)).toEqual([])
  })

  it.each<[string, Population, bigint, object]>([
    [
      "gold that came from nowhere",
      population([player("alice"), player("bob")], [guild(members)]),
      199n,
      { kind: "gold", subject: "realm", expected: "199", found: "200" },
    ],
    [
      "a balance below zero",
      population([player("alice", { gold: -1 }), player("bob")], [guild(members)]),
      99n,
      { kind: "gold", subject: "player/alice", field: "gold", found: -1 },
    ],
    [
      "a guild over its capacity",
      population([player("alice"), player("bob")], [guild(members, 1)]),
      200n,
      { kind: "guild", subject: "guild/knights", field: "members", expected: "1 to 1", found: 2 },
    ],
    [
      "a guild without members",
      population([], [guild([])]),
      0n,
      { kind: "guild", subject: "guild/knights", field: "members", found: 0 },
    ],
    [
      "a player whom its guild does not know",
      population([player("alice"), player("bob")], [guild(["alice"])]),
      200n,
      { kind: "guild", subject: "guild/knights", expected: "bob among the members" },
    ],
    [
      "a member that is in no guild",
      population([player("alice"), player("bob", { guild: null })], [guild(members)]),
      200n,
      { kind: "guild", subject: "player/bob", field: "guild", expected: "knights", found: null },
    ],
    [
      "a player in a guild that does not exist",
      population([player("alice")], []),
      100n,
      { kind: "guild", subject: "guild/knights", expected: "alice among the members" },
    ],
  ])("do not with %s", (_, states, goldExpected, expected) => {
    expect(found(states, goldExpected)).toMatchObject([expected])
  })

  it("hold with an open trade that both players know, and swords with prices", () => {
    expect(found(trading({}), 200n, 3n)).toEqual([])
  })

  it.each<[string, Partial<PlayerState>, bigint, object]>([
    [
      "a sword that came from nowhere",
      {},
      2n,
      { kind: "swords", subject: "realm", expected: "2", found: "3" },
    ],
    [
      "a sword without a price",
      { swordPrices: {} },
      3n,
      { kind: "swords", subject: "player/bob", field: "swordPrices", expected: "katana", found: "" },
    ],
    [
      "a count of no swords",
      { swords: { katana: 0 } },
      0n,
      { kind: "swords", subject: "player/bob", field: "swords katana", found: 0 },
    ],
    ["too much health", { health: 101 }, 3n, { kind: "health", subject: "player/bob", found: 101 }],
    ["negative health", { health: -1 }, 3n, { kind: "health", subject: "player/bob", found: -1 }],
    [
      "a trade that only the offerer knows",
      { offers: {} },
      3n,
      { kind: "trade", subject: "player/bob", field: "offers 7-0", found: null },
    ],
    [
      "a trade that only the receiver knows",
      { offers: { ...offers, "8-0": { ...open, player: "alice" } } },
      3n,
      { kind: "trade", subject: "player/alice", field: "trades 8-0", found: null },
    ],
  ])("do not with %s", (_, bob, swords, expected) => {
    expect(found(trading(bob), 200n, swords)).toMatchObject([expected])
  })

  it("do not with a trade that the two know differently", () => {
    const other = { "7-0": { ...open, player: "alice", wants: goods(2) } }

    expect(found(trading({ offers: other }), 200n, 3n)).toMatchObject([
      { kind: "trade", subject: "player/bob", field: "offers 7-0" },
      { kind: "trade", subject: "player/alice", field: "trades 7-0" },
    ])
  })

  it("are not checked on the trades of a frozen player", () => {
    const frozen = [{ aggregate: "player/bob", code: "NEEDS_NEWER_BUILD", offset: 7, reason: "newer" }]

    expect(found({ ...trading({ offers: {} }), frozen }, 200n, 3n)).toEqual([])
  })

  it("are not checked on the membership of a frozen player or guild: it stands still", () => {
    const states = population([player("alice"), player("bob")], [guild(["alice"])])
    const frozen = [{ aggregate: "guild/knights", code: "NEEDS_NEWER_BUILD", offset: 7, reason: "newer" }]

    expect(found({ ...states, frozen }, 200n)).toEqual([])
  })
})
