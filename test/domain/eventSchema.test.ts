import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, test } from "vitest"
import { eventSchemas } from "../../src/domain/eventSchema.js"
import { type EventType, eventTypes, makeEvent, readEvent } from "../../src/domain/events.js"
import { changes, gold, integer, optional, personal, playerId, visibleText } from "../../src/domain/kinds.js"
import { goods } from "../support/events.js"

/** A made-up type: what is declared once must appear everywhere. */
const chestOpened: EventType = {
  name: "ChestOpened",
  sqlView: "chest_openings",
  version: 2,
  fields: {
    player: playerId,
    owner: changes("player", playerId),
    note: personal(visibleText(10)),
    found: gold(1, 500),
    traps: optional(integer(0, 3)),
  },
  changing: [{ name: "owner", kind: "player" }],
  upcasters: { 1: data => ({ ...(data as object), traps: null }) },
}
const registry = new Map([...eventTypes, [chestOpened.name, chestOpened]])

function validatorOf(name: string) {
  const found = eventSchemas(registry).find(schema => schema.name === name)
  if (found === undefined) throw new Error(`no schema of ${name}`)
  // Our own keywords, x-kind and x-personal, are for people and other tools.
  return new Ajv2020({ strict: false }).compile(found.schema)
}

const data = { player: "alice", owner: "bob", found: 5, traps: null }
const opened = { type: "ChestOpened", v: 2, data, personal: { note: "a spider" } }

describe("a made-up event type", () => {
  test("has a JSON Schema for its version, its personal fields marked and kept apart", () => {
    const found = eventSchemas(registry).find(({ name }) => name === "ChestOpened")

    expect(found).toMatchObject({
      version: 2,
      schema: {
        title: "ChestOpened version 2",
        properties: {
          type: { const: "ChestOpened" },
          v: { const: 2 },
          data: { required: ["player", "owner", "found", "traps"] },
          personal: { "x-personal": true, properties: { note: { maxLength: 10 } } },
        },
      },
    })
    expect(JSON.stringify(found)).toContain('"x-kind":"gold"')
  })

  test("is read by the registry, and valid against its schema", () => {
    expect(readEvent(opened, registry)).toMatchObject({ kind: "event" })
    expect(validatorOf("ChestOpened")(opened)).toBe(true)
  })

  test("may have lost its personal fields", () => {
    const { personal: _, ...erased } = opened

    expect(readEvent(erased, registry)).toMatchObject({ kind: "event" })
    expect(validatorOf("ChestOpened")(erased)).toBe(true)
  })

  test.each([
    ["a field missing", { ...opened, data: { ...data, owner: undefined } }],
    ["too much gold", { ...opened, data: { ...data, found: 501 } }],
    ["a fraction", { ...opened, data: { ...data, found: 1.5 } }],
    ["a text for a number", { ...opened, data: { ...data, traps: "1" } }],
    ["no id", { ...opened, data: { ...data, player: "al ice" } }],
    ["a note too long", { ...opened, personal: { note: "x".repeat(11) } }],
    ["no data", { ...opened, data: null }],
  ])("with %s is rejected by both", (_, event) => {
    const sent = JSON.parse(JSON.stringify(event))

    expect(readEvent(sent, registry).kind).toBe("bad")
    expect(validatorOf("ChestOpened")(sent)).toBe(false)
  })
})

describe("the schemas of the game's events", () => {
  test("accept the events that this build makes", () => {
    const made = [
      makeEvent("PlayerRegistered", { player: "a", region: "eu", gold: 1, health: 1 }, { name: "Ä 😀" }),
      makeEvent("GoldGranted", { player: "a", amount: 1, reason: "r" }),
      makeEvent("SwordBought", { player: "a", swordType: "s", price: 1, region: "eu", guild: null }),
      makeEvent("SwordBought", { player: "a", swordType: "s", price: 1, region: "eu", guild: "g" }),
      makeEvent("SwordSold", { player: "a", swordType: "s", price: 1 }),
      makeEvent("MonsterFought", { player: "a", monster: "m", won: false, goldWon: 0, healthLost: 7 }),
      makeEvent("PlayerRested", { player: "a", healthGained: 0 }),
      makeEvent("GiftGiven", { player: "a", to: "b", gold: 1, swordType: null, swordPrice: null }),
      makeEvent("GiftGiven", { player: "a", to: "b", gold: null, swordType: "s", swordPrice: 0 }),
      makeEvent("TradeOffered", { player: "a", to: "b", gives: goods(1), wants: goods(0, { s: 1 }) }),
      makeEvent("TradeMade", {
        ...{ player: "a", from: "b", trade: "1-0", gives: goods(0), wants: goods(0, { s: 1, t: 2 }) },
        prices: [
          { swordType: "s", price: 1 },
          { swordType: "t", price: 2 },
        ],
      }),
      makeEvent("TradeWithdrawn", {
        player: "a",
        from: "a",
        to: "b",
        trade: "1-0",
        gives: goods(1),
        wants: goods(1),
      }),
      makeEvent("GuildFounded", { player: "a", guild: "g", name: "G", capacity: 5 }),
      makeEvent("GuildJoined", { player: "a", guild: "g" }),
      makeEvent("GuildLeft", { player: "a", guild: "g" }),
      makeEvent("GuildDissolved", { player: "a", guild: "g" }),
    ]

    for (const event of made) expect(validatorOf(event.type)(JSON.parse(JSON.stringify(event)))).toBe(true)
    expect(new Set(made.map(({ type }) => type))).toEqual(new Set(eventTypes.keys()))
  })
})
