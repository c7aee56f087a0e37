import { getOperationAST, parse } from "graphql"
import { describe, expect, test } from "vitest"
import { gameSchema } from "../../src/resolvers/schema.js"
import { costDependsOnVariables, costOf } from "../../src/server/cost.js"

const schema = gameSchema()

function cost(text: string, variables: Record<string, unknown> = {}): number {
  const document = parse(text)
  const operation = getOperationAST(document, null)
  if (!operation) throw new Error("no operation")
  return costOf(schema, document, operation, variables)
}

describe("the cost of an operation", () => {
  test("is one for each field", () => {
    expect(cost('{ player(id: "a") { id gold guild { id } } }')).toBe(5)
  })

  test("multiplies the cost within a page by its length", () => {
    expect(cost("{ guilds(first: 10) { edges { cursor node { id name } } } }")).toBe(1 + 10 * 5)
  })

  test("uses the schema's default for a page without a length", () => {
    expect(cost("{ guilds { edges { cursor } } }")).toBe(1 + 20 * 2)
    expect(cost("{ guilds(first: null) { edges { cursor } } }")).toBe(1 + 20 * 2)
  })

  test("multiplies the cost within a leaderboard by its length, 10 by default", () => {
    expect(cost("{ leaderboard(board: GOLD, first: 100) { rank player { id } } }")).toBe(1 + 100 * 3)
    expect(cost("{ leaderboard(board: GOLD) { rank } }")).toBe(1 + 10)
  })

  test("multiplies pages within pages", () => {
    const members = "members(first: 5) { edges { cursor } }"
    expect(cost(`{ guilds(first: 3) { edges { node { ${members} } } } }`)).toBe(1 + 3 * (2 + 1 + 5 * 2))
  })

  test("takes variables into account", () => {
    const text = "query ($n: Int) { guilds(first: $n) { edges { cursor } } }"
    expect(cost(text, { n: 7 })).toBe(1 + 7 * 2)
    expect(cost(text)).toBe(1 + 20 * 2)
  })

  test("takes the defaults of variables into account", () => {
    const text = "query ($n: Int = 99999999) { guilds(first: $n) { edges { cursor } } }"
    expect(cost(text)).toBe(1 + 99_999_999 * 2)
    expect(cost(text, { n: 2 })).toBe(1 + 2 * 2)
  })

  test("counts ids, given or in a variable", () => {
    expect(cost('{ players(ids: ["a", "b", "c"]) { id gold } }')).toBe(1 + 3 * 2)
    expect(cost("query ($ids: [ID!]!) { players(ids: $ids) { id } }", { ids: ["a", "b"] })).toBe(1 + 2)
    expect(cost("query ($ids: [ID!]!) { players(ids: $ids) { id } }", { ids: "a" })).toBe(1 + 1)
  })

  test("counts an inventory, the goods of a trade and open trades by their usual or greatest length", () => {
    expect(cost('{ player(id: "a") { inventory { count } } }')).toBe(1 + 1 + 10)
    const goods = "trades { gives { swords { count } } }"
    expect(cost(`{ player(id: "a") { ${goods} } }`)).toBe(1 + 1 + 20 * (1 + 1 + 10))
  })

  test("counts the fields of fragments, by their types", () => {
    const page = "fragment Page on GuildConnection { edges { cursor } }"
    expect(
      cost(
        `{ guilds(first: 3) { ...Page ... on GuildConnection { edges { cursor } } ... { edges { cursor } } } } ${page}`,
      ),
    ).toBe(1 + 3 * 6)
  })

  test("of a mutation counts its payload", () => {
    const player = "player { purchases(first: 10) { edges { cursor } } }"
    expect(cost(`mutation { buySword(input: { playerId: "a", swordType: "b" }) { ${player} } }`)).toBe(
      3 + 10 * 2,
    )
  })

  test("of introspection is small", () => {
    expect(cost("{ __schema { types { name } } }")).toBe(1)
  })
})

test.each([
  ["a page's length in a variable", "query ($n: Int) { guilds(first: $n) { edges { cursor } } }", true],
  ["ids in a variable", "query ($ids: [ID!]!) { players(ids: $ids) { id } }", true],
  ["another variable", "query ($id: ID!) { player(id: $id) { id } }", false],
  ["a length given", "{ guilds(first: 3) { edges { cursor } } }", false],
])("the cost depends on variables: %s", (_, text, depends) => {
  expect(costDependsOnVariables(parse(text))).toBe(depends)
})
