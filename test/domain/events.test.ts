import { describe, expect, test } from "vitest"
import { changedBy, type EventType, type GameEvent, makeEvent, readEvent } from "../../src/domain/events.js"
import { changes, gold, guildId, optional, personal, playerId, visibleText } from "../../src/domain/kinds.js"

/** A made-up type of version 3, in its own registry. */
const fined: EventType = {
  name: "PlayerFined",
  sqlView: "player_fines",
  version: 3,
  fields: {
    player: playerId,
    amount: gold(1, 1000),
    by: changes("guild", guildId),
    witness: changes("player", optional(playerId)),
    reason: personal(visibleText(20)),
  },
  changing: [
    { name: "by", kind: "guild" },
    { name: "witness", kind: "player" },
  ],
  upcasters: {
    1: data => ({ ...(data as object), by: "watch" }),
    2: data => ({ ...(data as object), witness: null }),
  },
}
const registry = new Map([[fined.name, fined]])
const data = { player: "alice", amount: 5, by: "knights", witness: "bob" }
const personally = { reason: "late" }

describe("reading an event", () => {
  test("of this build's version gives it as it is", () => {
    const raw = { type: "PlayerFined", v: 3, data, personal: personally }

    expect(readEvent(raw, registry)).toEqual({ kind: "event", event: raw })
  })

  test("of an older version upcasts it, version by version", () => {
    const raw = { type: "PlayerFined", v: 1, data: { player: "alice", amount: 5 }, personal: personally }

    expect(readEvent(raw, registry)).toEqual({
      kind: "event",
      event: { ...raw, v: 3, data: { player: "alice", amount: 5, by: "watch", witness: null } },
    })
  })

  test("leaves out what is not declared, so that it spreads nowhere", () => {
    const raw = {
      type: "PlayerFined",
      v: 3,
      data: { ...data, reason: "in the wrong place", more: [[[]]] },
      personal: { ...personally, more: "x" },
    }

    const read = readEvent(raw, registry)

    expect(read).toEqual({ kind: "event", event: { ...raw, data, personal: personally } })
  })

  test("works without personal fields, as for an erased player, and with some of them", () => {
    const without = { type: "PlayerFined", v: 3, data }

    expect(readEvent(without, registry)).toEqual({ kind: "event", event: without })
    expect(readEvent({ ...without, personal: {} }, registry).kind).toBe("event")
  })

  test.each([
    ["type", { type: "DragonTamed", v: 1, data: {} }, "DragonTamed"],
    ["version", { type: "PlayerFined", v: 4, data }, "version 4"],
    ["type that JavaScript reserves", { type: "constructor", v: 1, data: {} }, "constructor"],
  ])("of an unknown %s says that a newer build is needed", (_, raw, reason) => {
    expect(readEvent(raw, registry)).toEqual({ kind: "newer", reason: expect.stringContaining(reason) })
  })

  test.each<[string, unknown, unknown, string]>([
    ["no data", null, personally, "data is not an object"],
    ["a list as data", [], personally, "data is not an object"],
    ["personal text", data, "late", "personal is not an object"],
    ["a missing field", { ...data, amount: undefined }, personally, "PlayerFined.amount: expected a whole"],
    ["an amount out of bounds", { ...data, amount: 1001 }, personally, "got 1001"],
    ["an amount of text", { ...data, amount: "5" }, personally, 'got "5"'],
    ["a list for a reason", data, { reason: [["x"]] }, "control character, got a list"],
    ["an object for an amount", { ...data, amount: {} }, personally, "got an object"],
    ["a player id with a slash", { ...data, player: "a/b" }, personally, "PlayerFined.player"],
    ["a personal field that is wrong", data, { reason: "\u0007" }, "PlayerFined.reason"],
  ])("with %s says what is wrong", (_, wrong, personal, reason) => {
    const read = readEvent({ type: "PlayerFined", v: 3, data: wrong, personal }, registry)

    expect(read).toEqual({ kind: "bad", reason: expect.stringContaining(reason) })
  })

  test("whose upcaster fails or is missing is bad, whatever it holds", () => {
    const failing = { ...fined, upcasters: { 2: (old: unknown) => (old as { a: { b: 1 } }).a.b } }
    const old = (v: number) =>
      readEvent({ type: "PlayerFined", v, data: {} }, new Map([[fined.name, failing]]))

    expect(old(1)).toEqual({ kind: "bad", reason: "PlayerFined version 1 has no upcaster" })
    expect(old(2)).toEqual({ kind: "bad", reason: expect.stringContaining("version 2 cannot be upcast") })
  })
})

describe("an event changes", () => {
  test("only its acting player, if its declaration names nobody else", () => {
    expect(changedBy(makeEvent("GoldGranted", { player: "alice", amount: 1, reason: "x" }))).toEqual([
      "player/alice",
    ])
  })

  test("the guild that it is about", () => {
    expect(changedBy(makeEvent("GuildJoined", { player: "alice", guild: "knights" }))).toEqual([
      "player/alice",
      "guild/knights",
    ])
  })

  test("no guild by a field that only mentions it", () => {
    const bought = { player: "alice", swordType: "dagger", price: 25, region: "eu", guild: "knights" }

    expect(changedBy(makeEvent("SwordBought", bought))).toEqual(["player/alice"])
  })

  test("every aggregate that a made-up type declares, where the field is not null", () => {
    const event = (witness: string | null) =>
      ({ type: "PlayerFined", v: 3, data: { ...data, witness } }) as unknown as GameEvent

    expect(changedBy(event("bob"), registry)).toEqual(["player/alice", "guild/knights", "player/bob"])
    expect(changedBy(event(null), registry)).toEqual(["player/alice", "guild/knights"])
  })

  test("an aggregate once, even if two fields name it", () => {
    const event = { type: "PlayerFined", v: 3, data: { ...data, witness: "alice" } } as unknown as GameEvent

    expect(changedBy(event, registry)).toEqual(["player/alice", "guild/knights"])
  })
})
