import { getIntrospectionQuery, parse } from "graphql"
import { describe, expect, test } from "vitest"
import { excessError, excessOf, excessOfVariables, LIMITS } from "../../src/server/limits.js"

const excess = (text: string) => excessOf(parse(text))

/** Fields nested to a depth: `{ a { a { a } } }`. */
const nested = (depth: number) => `${"{ a ".repeat(depth)}${"}".repeat(depth)}`

const many = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(" ")

describe("a document within all limits", () => {
  test.each([
    ["as deep as allowed", nested(LIMITS.depth)],
    ["with as many aliases as allowed", `{ x { ${many(LIMITS.aliases, i => `a${i}: b`)} } }`],
    ["with as many root fields as allowed", `{ ${many(LIMITS.rootFields, i => `f${i}`)} }`],
    ["with as many mutations as allowed", `mutation { ${many(LIMITS.mutations, i => `f${i}`)} }`],
    ["with as many directives as allowed", `{ a ${many(LIMITS.directives, () => "@b")} }`],
    ["the standard introspection query", getIntrospectionQuery()],
    [
      "introspection with all that it offers",
      getIntrospectionQuery({
        specifiedByUrl: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        directiveIsRepeatable: true,
        oneOf: true,
      }),
    ],
  ])("%s", (_, text) => {
    expect(excess(text)).toBeNull()
  })
})

describe("a document beyond a limit names it, what it allows and what was found", () => {
  test.each([
    ["depth", 9, nested(9)],
    ["depth", 200, nested(200)],
    [
      "depth",
      9,
      "{ a { ...A } } fragment A on T { b { ...B } } fragment B on T { c { d { e { f { g { h { i } } } } } } }",
    ],
    ["depth", 9, `{ ... on T { ... ${nested(9)} } }`],
    ["depth", 9, `query Good { a } query Deep ${nested(9)}`],
    ["depth", 9, `{ __typename ${nested(9).slice(1)}`],
    ["aliases", 16, `{ x { ${many(16, i => `a${i}: b`)} } }`],
    ["aliases", 16, `{ x { ...A ...A } } fragment A on T { ${many(8, i => `a${i}: b`)} }`],
    ["rootFields", 11, `{ ${many(11, i => `f${i}`)} }`],
    ["rootFields", 12, `{ ...A ... on Query { ...A } } fragment A on Query { ${many(6, i => `f${i}`)} }`],
    ["mutations", 6, `mutation { ${many(6, i => `f${i}`)} }`],
    ["mutations", 16, `mutation { ${many(16, i => `a${i}: login`)} }`],
    ["directives", 51, `{ a ${many(51, () => "@b")} }`],
    ["directives", 51, `query @q { a ${many(50, () => "@b")} }`],
    ["directives", 52, `{ ...A @s ...A @s } fragment A on T @d { a { ${many(24, () => "b @b")} } }`],
  ])("%s: %i", (limit, found, text) => {
    const allowed = LIMITS[limit as keyof typeof LIMITS]
    expect(excess(text)).toEqual({ limit, allowed, found })
  })

  test("introspection deeper than the standard query", () => {
    const deep = `{ __schema ${nested(16)} }`

    expect(excess(deep)).toEqual({ limit: "introspectionDepth", allowed: 16, found: 17 })
  })
})

describe("fragments that double each other", () => {
  const doubling = (levels: number) =>
    `{ x { ...F0 } } ${many(levels, i => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`)} fragment F${levels} on T { a }`

  test.each([
    [12, 2 ** 12 + 1],
    [16, 2 ** 16 + 1],
    [26, 2 ** 26 + 1],
    [60, Number.MAX_SAFE_INTEGER],
  ])("%i times are counted quickly", (levels, found) => {
    const document = parse(doubling(levels))
    const start = performance.now()

    const found_ = excessOf(document)

    expect(performance.now() - start).toBeLessThan(20)
    expect(found_).toEqual({ limit: "fields", allowed: 2000, found })
  })

  test("in width at the root are root fields", () => {
    expect(excess(doubling(5).replace("{ x { ...F0 } }", "{ ...F0 }"))).toMatchObject({
      limit: "rootFields",
      found: 32,
    })
  })
})

describe("what validation will refuse later does no harm here", () => {
  test.each([
    ["a fragment that spreads itself", "{ ...A } fragment A on T { a ...A }"],
    ["a cycle of fragments", "{ ...A } fragment A on T { b { ...B } } fragment B on T { a { ...A } }"],
    ["an unknown fragment", "{ ...Nothing }"],
    ["two fragments of one name", "{ ...A } fragment A on T { a } fragment A on T { b }"],
    ["only a fragment", "fragment A on T { a }"],
    ["a definition that is none of a request", "type T { a: Int }"],
  ])("%s", (_, text) => {
    expect(excess(text)).toBeNull()
  })
})

describe("variables", () => {
  test("hold as many values as allowed, at any depth", () => {
    expect(excessOfVariables({})).toBeNull()
    expect(excessOfVariables({ ids: Array.from({ length: LIMITS.values - 1 }, () => "alice") })).toBeNull()
  })

  test("beyond that name the limit", () => {
    const { values } = LIMITS
    const wide = Object.fromEntries(Array.from({ length: values + 1 }, (_, i) => [`v${i}`, null]))
    const deep: unknown = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`)

    expect(excessOfVariables(wide)).toEqual({ limit: "values", allowed: values, found: values + 1 })
    expect(excessOfVariables({ v: { v: wide } })).toEqual({
      limit: "values",
      allowed: values,
      found: values + 3,
    })
    expect(excessOfVariables({ deep })).toMatchObject({ limit: "values" })
  })
})

test("the error reports the limit to people and to programs", () => {
  expect(excessError({ limit: "depth", allowed: 8, found: 9 })).toEqual({
    message: "the request exceeds the limit depth: expected at most 8, got 9",
    extensions: { code: "LIMIT_EXCEEDED", retryable: false, limit: "depth", allowed: 8, found: 9 },
  })
})
