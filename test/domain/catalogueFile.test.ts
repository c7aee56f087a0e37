import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, it } from "vitest"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { catalogueSchema, parseCatalogue } from "../../src/domain/catalogueFile.js"

const katana = { type: "katana", name: "Katana", price: 150, power: 9 }
const rat = { type: "rat", name: "Giant Rat", strength: 2, gold: 5 }

/** The mistakes, a line each. */
function mistakesOf(raw: unknown): string[] {
  const parsed = parseCatalogue(raw)
  return parsed.ok
    ? []
    : parsed.problems.map(({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`)
}

const withSword = (changed: object) => ({ swords: [{ ...katana, ...changed }], monsters: [rat] })
const withMonster = (changed: object) => ({ swords: [katana], monsters: [{ ...rat, ...changed }] })

const valid = new Ajv2020({ strict: false }).compile(catalogueSchema())

describe("a catalogue's file", () => {
  it("is sorted by price and by strength, and finds each type", () => {
    const dear = { ...katana, type: "dear", price: 151 }
    const parsed = parseCatalogue({ $schema: "any", swords: [dear, katana], monsters: [rat] })

    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect(parsed.value.swords).toEqual([katana, dear])
    expect(parsed.value.sword("dear")).toEqual(dear)
    expect(parsed.value.monster("rat")).toEqual(rat)
    expect(parsed.value.sword("constructor")).toBeUndefined()
  })

  it.each([
    ["the built-in one", { ...builtInCatalogue }],
    ["an empty one", { swords: [], monsters: [] }],
    ["a thousand swords", { swords: swords(1000), monsters: [rat] }],
    ["a sword and a monster of one type", { swords: [{ ...katana, type: "rat" }], monsters: [rat] }],
    ["names in any script", withSword({ name: "名前 👩‍👩‍👧" })],
    ["the dearest, the strongest", withSword({ price: 2 ** 53 - 1, power: 1_000_000 })],
  ])("may be %s", (_, { swords, monsters }) => {
    expect(mistakesOf({ swords, monsters })).toEqual([])
    expect(valid({ swords, monsters })).toBe(true)
  })

  it.each([
    ["null", null, "the file: expected an object with swords and monsters, got null"],
    ["a list", [], "the file: expected an object with swords and monsters, got []"],
    ["without monsters", { swords: [] }, "monsters: expected a list of at most 1000 monsters, got nothing"],
    [
      "100,000 swords",
      { swords: swords(100_000), monsters: [] },
      "swords: expected a list of at most 1000 swords, got 100000",
    ],
    [
      "a third list",
      { swords: [], monsters: [], potions: [] },
      'the file: expected no fields but swords, monsters, $schema, got "potions"',
    ],
    [
      "a sword that is a text",
      { swords: ["katana"], monsters: [] },
      'swords[0]: expected an object with type, name, price, power, got "katana"',
    ],
    [
      "a negative price",
      withSword({ price: -1 }),
      "swords[0].price: expected a whole number from 1 to 9007199254740991, got -1",
    ],
    [
      "a free sword",
      withSword({ price: 0 }),
      "swords[0].price: expected a whole number from 1 to 9007199254740991, got 0",
    ],
    [
      "a price in cents",
      withSword({ price: 1.5 }),
      "swords[0].price: expected a whole number from 1 to 9007199254740991, got 1.5",
    ],
    [
      "a price as a text",
      withSword({ price: "10" }),
      'swords[0].price: expected a whole number from 1 to 9007199254740991, got "10"',
    ],
    [
      "a type of 1,000 characters",
      withSword({ type: "a".repeat(1000) }),
      /^swords\[0\]\.type: expected a catalogue type of 1 to 64 characters a-z 0-9 -, got "a{59}…$/,
    ],
    [
      "a misspelt field",
      withSword({ prise: 1 }),
      'swords[0]: expected no fields but type, name, price, power, got "prise"',
    ],
    [
      "a monster without strength",
      withMonster({ strength: 0 }),
      "monsters[0].strength: expected a whole number from 1 to 1000000, got 0",
    ],
    [
      "a monster that costs gold",
      withMonster({ gold: -5 }),
      "monsters[0].gold: expected a whole number from 0 to 9007199254740991, got -5",
    ],
  ])("is not: %s", (_, raw, mistake) => {
    expect(mistakesOf(raw)).toEqual([typeof mistake === "string" ? mistake : expect.stringMatching(mistake)])
    expect(valid(raw)).toBe(false)
  })

  it.each([
    ["a name that is hidden", "\u200b"],
    ["a name that turns the text round", "\u202eevil"],
  ])("is not: %s", (_, name) => {
    expect(mistakesOf(withSword({ name }))).toEqual([
      expect.stringContaining("swords[0].name: expected 1 to 64"),
    ])
  })

  it("may have each type once, and says where it came before", () => {
    const { monsters } = withMonster({})

    expect(mistakesOf({ swords: [katana, { ...katana, price: 0 }, katana], monsters })).toEqual([
      "swords[1].price: expected a whole number from 1 to 9007199254740991, got 0",
      'swords[1].type: expected a type that no other of the swords has, got "katana", as swords[0]',
      'swords[2].type: expected a type that no other of the swords has, got "katana", as swords[0]',
    ])
  })

  it("has all its mistakes named, each with its place", () => {
    const raw = { swords: [katana, {}], monsters: [7, { ...rat, name: "" }], pets: null }

    expect(mistakesOf(raw).map(line => line.slice(0, line.indexOf(":")))).toEqual([
      "the file",
      ...["swords[1].type", "swords[1].name", "swords[1].price", "swords[1].power"],
      ...["monsters[0]", "monsters[1].name"],
    ])
  })
})

function swords(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({ ...katana, type: `sword-${i}` }))
}
