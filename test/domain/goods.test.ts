import { describe, expect, test } from "vitest"
import { goods, swordPrices } from "../../src/domain/goods.js"
import { GOLD_MAX } from "../../src/domain/kinds.js"

const sword = (swordType: string, count: unknown = 1) => ({ swordType, count })
const price = (swordType: string, price: unknown = 1) => ({ swordType, price })
const types = Array.from({ length: 21 }, (_, i) => `sword-${10 + i}`)

describe("goods in the log", () => {
  test.each([
    ["nothing", { gold: 0, swords: [] }],
    ["gold and swords, sorted", { gold: GOLD_MAX, swords: [sword("dagger", 1_000_000), sword("katana")] }],
    ["10 types", { gold: 0, swords: types.slice(0, 10).map(type => sword(type)) }],
  ])("may be %s", (_, value) => {
    expect(goods.is(value)).toBe(true)
  })

  test.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["without swords", { gold: 1 }],
    ["without gold", { swords: [] }],
    ["with more fields", { gold: 1, swords: [], more: 1 }],
    ["with gold below 0", { gold: -1, swords: [] }],
    ["with swords that are not sorted", { gold: 0, swords: [sword("katana"), sword("dagger")] }],
    ["with a type twice", { gold: 0, swords: [sword("katana"), sword("katana")] }],
    ["with 11 types", { gold: 0, swords: types.slice(0, 11).map(type => sword(type)) }],
    ["with no sword of a type", { gold: 0, swords: [sword("katana", 0)] }],
    ["with a million and one", { gold: 0, swords: [sword("katana", 1_000_001)] }],
    ["with half a sword", { gold: 0, swords: [sword("katana", 0.5)] }],
    ["with more fields of a sword", { gold: 0, swords: [{ ...sword("katana"), more: 1 }] }],
    ["with a hole in the list", { gold: 0, swords: [null] }],
  ])("are not: %s", (_, value) => {
    expect(goods.is(value)).toBe(false)
  })
})

describe("the prices of swords in the log", () => {
  test.each([
    ["none", []],
    ["of 20 types, sorted", types.slice(0, 20).map(type => price(type))],
    ["0", [price("katana", 0)]],
  ])("may be %s", (_, value) => {
    expect(swordPrices.is(value)).toBe(true)
  })

  test.each<[string, unknown]>([
    ["an object", {}],
    ["of 21 types", types.map(type => price(type))],
    ["not sorted", [price("katana"), price("dagger")]],
    ["below 0", [price("katana", -1)]],
    ["a count", [sword("katana")]],
  ])("are not: %s", (_, value) => {
    expect(swordPrices.is(value)).toBe(false)
  })
})

describe("the goods of an input", () => {
  test.each<[string, unknown, unknown]>([
    ["nothing at all", {}, { gold: 0, swords: [] }],
    ["nulls", { gold: null, swords: null }, { gold: 0, swords: [] }],
    [
      "swords in any order",
      { swords: [sword("katana"), sword("dagger")] },
      { gold: 0, swords: [sword("dagger"), sword("katana")] },
    ],
  ])("are brought into that form: %s", (_, given, formed) => {
    expect(goods.input.form(given)).toEqual(formed)
    expect(goods.is(goods.input.form(given))).toBe(true)
  })

  test.each([null, 5, "katana", { swords: "katana" }, { swords: [sword("katana", 0)] }, { swords: [5] }])(
    "stay as they are where they have no form: %j",
    given => {
      expect(goods.input.form(given)).toBe(given)
      expect(goods.is(given)).toBe(false)
    },
  )
})
