import { createHash } from "node:crypto"
import { getIntrospectionQuery } from "graphql"
import { describe, expect, test } from "vitest"
import { gameSchema } from "../../src/resolvers/schema.js"
import { ParsedDocuments, type Preparation } from "../../src/server/parsedDocuments.js"
import { KeptLogger } from "../support/keptLogger.js"

const schema = gameSchema()
const logger = new KeptLogger()
const development = new ParsedDocuments(schema, { logger, production: false })
const production = new ParsedDocuments(schema, { logger, production: true })

const repeat = (count: number, text: string) => text.repeat(count)

/** The first error; fails if there is none. */
function errorOf(preparation: Preparation) {
  if (!("errors" in preparation)) throw new Error("expected errors")
  const [error] = preparation.errors
  if (error === undefined) throw new Error("expected an error")
  return error
}

describe("a good document", () => {
  test("is parsed once, and found by the hash of its text", () => {
    const text = "{ swords { type } }"

    const first = development.prepare(text)
    const second = development.prepare(text)

    expect(first).not.toHaveProperty("errors")
    expect(second).toBe(first)
    const hash = createHash("sha256").update(text).digest("hex")
    expect("document" in first && development.find(hash)).toBe("document" in first && first.document)
  })

  test("is dropped when others have taken its place, and nothing of it remains", () => {
    const documents = new ParsedDocuments(schema, { logger, production: false })
    const text = (n: number) => `{ swords { ${repeat(400, "type ")} } } # ${n}`
    for (let n = 0; n < 1000; n++) documents.prepare(text(n))

    const hash = createHash("sha256").update(text(0)).digest("hex")
    expect(documents.find(hash)).toBeUndefined()
    expect(documents.size).toBeLessThan(500)
  })

  test("also weighs by its text, spaces and comments included", () => {
    const documents = new ParsedDocuments(schema, { logger, production: false, keptMax: 2000 })
    for (let n = 0; n < 10; n++) documents.prepare(`{ swords { type } }${",".repeat(90_000)}# ${n}`)

    // If only tokens weighed, it would be all of them.
    expect(documents.size).toBe(5)
  })
})

test("documents that come again and again are kept", () => {
  const documents = new ParsedDocuments(schema, { logger, production: false })
  const often = documents.prepare("{ swords { type } }")
  for (let n = 0; n < 1000; n++) {
    documents.prepare(`{ swords { ${repeat(400, "type ")} } } # ${n}`)
    expect(documents.prepare("{ swords { type } }")).toBe(often)
  }
})

describe("an invalid document", () => {
  test.each([
    "{",
    "{ swords { type }",
    "nonsense",
    "{ swords(first: ) }",
    "{}",
    "\u0000",
    "# only a comment",
  ])("%j is GRAPHQL_PARSE_FAILED", text => {
    expect(errorOf(development.prepare(text)).extensions).toEqual({
      code: "GRAPHQL_PARSE_FAILED",
      retryable: false,
    })
  })

  test.each([
    "{ helo }",
    "{ swords }",
    "{ swords { type { x } } }",
    "{ ...A } fragment A on Query { ...A }",
    "{ player { id } }",
  ])("%j is GRAPHQL_VALIDATION_FAILED", text => {
    const { extensions } = errorOf(development.prepare(text))
    expect(extensions).toEqual({ code: "GRAPHQL_VALIDATION_FAILED", retryable: false })
  })
})

describe("a document that is an attack", () => {
  const doubling = (levels: number) =>
    `{ swords { ...F0 } }
    ${Array.from({ length: levels }, (_, i) => `fragment F${i} on Sword { ...F${i + 1} ...F${i + 1} }`).join(" ")}
    fragment F${levels} on Sword { type }`

  const attacks: [string, string, string][] = [
    ["2,000 fields", `{ ${repeat(2000, "hello ")} }`, "LIMIT_EXCEEDED"],
    ["10,000 fields", `{ ${repeat(10_000, "hello ")} }`, "LIMIT_EXCEEDED"],
    ["2,000 wrong fields", `{ ${repeat(2000, "helo ")} }`, "LIMIT_EXCEEDED"],
    [
      "200 × 100 inline fragments",
      `{ ${repeat(200, `${repeat(100, "... { ")}swords { type } ${repeat(100, "} ")}`)} }`,
      "LIMIT_EXCEEDED",
    ],
    [
      "3,000 aliases",
      `{ ${Array.from({ length: 3000 }, (_, i) => `a${i}: player(id: "p${i}") { id }`).join(" ")} }`,
      "LIMIT_EXCEEDED",
    ],
    ["5,000 directives", `{ swords { type ${repeat(5000, "@include(if: true) ")} } }`, "LIMIT_EXCEEDED"],
    [
      "depth 9",
      `{ a: player(id: "a") { guild { founder { guild { founder { guild { founder { guild { id } } } } } } } } }`,
      "LIMIT_EXCEEDED",
    ],
    [
      "depth 200",
      `{ player(id: "a") ${repeat(100, "{ guild { founder ")} { id } ${repeat(200, "}")} }`,
      "LIMIT_EXCEEDED",
    ],
    ["depth 8,000", `${repeat(8000, "{ a ")}${repeat(8000, "}")}`, "LIMIT_EXCEEDED"],
    ["a list of depth 40,000", `{ players(ids: ${repeat(40_000, "[")}`, "LIMIT_EXCEEDED"],
    ["fragments doubled 16 times", doubling(16), "LIMIT_EXCEEDED"],
    ["fragments doubled 26 times", doubling(26), "LIMIT_EXCEEDED"],
    [
      "a cycle of fragments",
      "{ swords { ...A } } fragment A on Sword { ...B } fragment B on Sword { ...A }",
      "GRAPHQL_VALIDATION_FAILED",
    ],
    [
      "16 purchases by alias",
      `mutation {
        ${Array.from({ length: 16 }, (_, i) => `b${i}: buySword(input: { playerId: "a", swordType: "b" }) { position }`).join(" ")}
      }`,
      "LIMIT_EXCEEDED",
    ],
    ["overlapping fields", `{ guilds { edges { ${repeat(240, "node { id } ")} } } }`, "none"],
    ["240 wrong fields", `{ swords { ${repeat(240, "helo ")} } }`, "GRAPHQL_VALIDATION_FAILED"],
    [
      "nested introspection",
      `{ __schema ${repeat(6, "{ types { fields { type ")} { name } ${repeat(18, "}")} }`,
      "LIMIT_EXCEEDED",
    ],
    ["100,000 characters of nothing", `{ swords { type } } ${repeat(99_000, " ")}`, "none"],
    ["a long name", `{ ${repeat(90_000, "x")} }`, "GRAPHQL_VALIDATION_FAILED"],
  ]

  test.each(attacks)("%s ends soon", (_, text, code) => {
    const start = process.cpuUsage()

    const prepared = development.prepare(text)

    // Processor time, as a machine may have other work to do. It is more than the 50 ms for which a request
    // may block the event loop, as everything here runs for the first time.
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(250)
    const found = "errors" in prepared ? prepared.errors[0]?.extensions?.code : "none"
    expect(found).toBe(code)
    if ("errors" in prepared) {
      expect(JSON.stringify(prepared.errors).length).toBeLessThan(20_000)
      for (const error of prepared.errors) expect(error.message.length).toBeLessThan(600)
    }
  })

  test("of too many tokens is refused with their number", () => {
    expect(errorOf(development.prepare(`{ ${repeat(2000, "hello ")} }`)).message).toBe(
      "the request exceeds the limit tokens: expected at most 1000, got 2002",
    )
  })
})

describe("in production", () => {
  test("no similar name is suggested, nor that there is one", () => {
    const wrong = "{ swrds { typ } player(idd: 5) { id } }"
    const said = (documents: ParsedDocuments) => JSON.stringify(documents.prepare(wrong))

    expect(said(development)).toContain("Did you mean")
    expect(said(production)).not.toMatch(/did you mean|suggestion|swords/i)
    expect(errorOf(production.prepare("{ swrds { type } }")).message).toBe(
      'Cannot query field "swrds" on type "Query".',
    )
  })

  test("there is no introspection", () => {
    expect(development.prepare(getIntrospectionQuery())).not.toHaveProperty("errors")
    expect(errorOf(production.prepare(getIntrospectionQuery())).extensions?.code).toBe(
      "GRAPHQL_VALIDATION_FAILED",
    )
    expect(production.prepare("{ __typename }")).not.toHaveProperty("errors")
  })
})

describe("@skip and @include at the root of a subscription", () => {
  test.each([
    ["subscription { purchases @skip(if: true) { cursor } }"],
    ["subscription { purchases @include(if: true) { cursor } }"],
    ["subscription ($on: Boolean = false) { purchases @include(if: $on) { cursor } }"],
    ["subscription ($on: Boolean!) { ... @skip(if: $on) { purchases { cursor } } }"],
    ["subscription { ... on Subscription { purchases @skip(if: true) { cursor } } }"],
    ["subscription { ...F @include(if: false) } fragment F on Subscription { purchases { cursor } }"],
    ["subscription { ...F } fragment F on Subscription { purchases @include(if: false) { cursor } }"],
    [
      "subscription { ...F } fragment F on Subscription { ...G @skip(if: true) } fragment G on Subscription { ...F }",
    ],
    ["subscription { purchases @skip { cursor } }"],
    ['subscription { purchases @skip(if: "no") { cursor } }'],
  ])("is not a valid document: %s", text => {
    const error = errorOf(development.prepare(text))

    expect(error.message).toBe("Anonymous Subscription must not use @skip or @include at its root.")
    expect(error.extensions).toEqual({ code: "GRAPHQL_VALIDATION_FAILED", retryable: false })
  })

  test("is reported with the subscription's name, for each of several", () => {
    const text = Array.from(
      { length: 30 },
      (_, n) => `subscription S${n} { purchases @skip(if: true) { cursor } }`,
    )

    expect(errorOf(development.prepare(text.join(" "))).message).toContain('Subscription "S0" must not')
  })

  test("is allowed below the root, and in queries", () => {
    const below = "subscription ($on: Boolean!) { purchases { cursor purchase @include(if: $on) { id } } }"
    const query = "query ($on: Boolean!) { swords @include(if: $on) { type } }"

    expect(development.prepare(below)).not.toHaveProperty("errors")
    expect(development.prepare(query)).not.toHaveProperty("errors")
  })
})
