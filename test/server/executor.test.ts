import fc from "fast-check"
import {
  type DocumentNode,
  type FormattedExecutionResult,
  getOperationAST,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from "graphql"
import { describe, expect, test } from "vitest"
import { newContext } from "../../src/resolvers/context.js"
import { gameSchema } from "../../src/resolvers/schema.js"
import { compile } from "../../src/server/compile.js"
import { Executor } from "../../src/server/executor.js"
import { KeptLogger } from "../support/keptLogger.js"
import { runs } from "../support/runs.js"
import { randomOperation, randomVariables } from "./support/randomOperation.js"
import { stubGame } from "./support/stubGame.js"

const schema = gameSchema()

function executor({ compileAt = Number.POSITIVE_INFINITY, production = false, logger = new KeptLogger() }) {
  const game = stubGame()
  return new Executor({ schema, newContext: left => newContext(game, left), logger, production, compileAt })
}

function operationOf(document: DocumentNode) {
  const operation = getOperationAST(document, null)
  if (!operation) throw new Error("no operation")
  return operation
}

async function answer(one: Executor, document: DocumentNode, variables: Record<string, unknown> = {}) {
  const result = await one.execute({ document, operation: operationOf(document), variables })
  // As a client gets it.
  return JSON.parse(JSON.stringify(result)) as FormattedExecutionResult
}

/** The results of graphql-js and of the compiled operation, each without what is free to differ. */
async function both(document: DocumentNode, variables: Record<string, unknown> = {}) {
  const interpreted = await answer(executor({}), document, variables)
  const compiled = await answer(executor({ compileAt: 1 }), document, variables)
  return { interpreted: essence(interpreted), compiled: essence(compiled) }
}

/**
 * An answer without the order of its errors. Where a null bubbled up, several fields may have been to blame,
 * and an executor reports one or all of them: what counts is that there is one for that path.
 */
function essence(result: FormattedExecutionResult): string {
  const { data = null, errors = [], extensions } = result
  const reported = errors.map(error => {
    const path = error.path ?? []
    const depth = nullDepth(data, path)
    return JSON.stringify(depth < path.length ? { bubbledTo: path.slice(0, depth) } : error)
  })
  return JSON.stringify({ data: result.data, errors: [...new Set(reported)].sort(), extensions })
}

/** How far a path goes before the data is null. */
function nullDepth(data: unknown, path: readonly (string | number)[]): number {
  let here = data
  for (const [depth, key] of path.entries()) {
    if (here === null || here === undefined) return depth
    here = (here as Record<string | number, unknown>)[key]
  }
  return path.length
}

const buy = 'buySword(input: { playerId: "alice", swordType: "katana" })'

const operations: readonly [string, string, Record<string, unknown>?][] = [
  ["fields and lists", "{ swords { type name price power } monsters { type gold } }"],
  ["aliases", '{ a: player(id: "alice") { gold b: gold } c: player(id: "bob") { gold } }'],
  [
    "nesting",
    '{ player(id: "alice") { guild { founder { guild { id } } members { edges { cursor node { id } } } } } }',
  ],
  [
    "a non-null field that is null bubbles up",
    'mutation { buySword(input: { playerId: "ghost", swordType: "x" }) { purchase { id player { id } } position } }',
  ],
  [
    "a non-null field below a non-null list bubbles up to the top",
    "{ guilds { edges { node { id members(first: 0) { edges { cursor } } } } } swords { type } }",
  ],
  [
    "a non-null field below a list of some bubbles up to its item",
    '{ players(ids: ["alice", "bob"]) { id purchases(first: 0) { edges { cursor } } } }',
  ],
  [
    "what is not there",
    '{ player(id: "nobody") { id } guild(id: "nothing") { id } players(ids: ["nobody", "bob"]) { id } }',
  ],
  ["faults", '{ player(id: "fault") { id } players(ids: ["alice", "fault", "bob"]) { id } swords { type } }'],
  ["bugs", '{ player(id: "bug") { id } swords { type } }'],
  ["bad input", '{ player(id: "a b") { id } guilds(first: 0) { edges { cursor } } }'],
  ["a fault below", '{ player(id: "alice") { id purchases(after: "nonsense") { edges { cursor } } } }'],
  [
    "one that a page beyond has",
    '{ player(id: "alice") { purchases(first: 1, after: "cHVyY2hhc2VzOnN0dWI6My0w") { edges { cursor } } } }',
  ],
  [
    "dates",
    '{ player(id: "alice") { purchases { edges { node { purchasedAt guild { id } sword { name } } } } } }',
  ],
  [
    "fragments",
    '{ player(id: "alice") { ...A ... on Player { gold ...A } } } fragment A on Player { id guild { ...B } } fragment B on Guild { id }',
  ],
  ["fields merged", '{ player(id: "alice") { guild { id } } player(id: "alice") { guild { name } gold } }'],
  ["__typename", '{ __typename player(id: "alice") { __typename guild { __typename } } }'],
  ["introspection", '{ __schema { queryType { name fields { name } } } __type(name: "Player") { name } }'],
  [
    "names that objects have",
    "{ constructor: swords { toString: type then: name } hasOwnProperty: swords { valueOf: type } }",
  ],
  [
    "mutations",
    `mutation {
      a: ${buy} { purchase { id player { id gold } } player { gold inventory { count sword { name price } } } }
      b: ${buy} { position replayed refusal { code } }
    }`,
  ],
  [
    "mutations after a fault",
    `mutation { a: buySword(input: { playerId: "fault", swordType: "x" }) { position } b: ${buy} { position } }`,
  ],
  [
    "mutations after a bug",
    `mutation { a: buySword(input: { playerId: "bug", swordType: "x" }) { position } b: ${buy} { position } }`,
  ],
  [
    "a refusal",
    'mutation { a: joinGuild(input: { playerId: "nobody", guildId: "knights" }) { guild { id } refusal { code message } } }',
  ],
  [
    "a default in an input",
    'mutation { a: foundGuild(input: { founderId: "alice", name: "Knights" }) { guild { id capacity } } }',
  ],
  ["variables", "query ($id: ID!) { player(id: $id) { id } }", { id: "alice" }],
  [
    "variables in an input",
    'mutation ($id: ID!, $key: String) { buySword(input: { playerId: $id, swordType: "katana", idempotencyKey: $key }) { position } }',
    { id: "alice" },
  ],
  [
    "an input in a variable",
    "mutation ($input: BuySwordInput!) { buySword(input: $input) { player { id } } }",
    { input: { playerId: "alice", swordType: "katana" } },
  ],
  ["variables left out", "query ($id: ID!) { player(id: $id) { id } }"],
  [
    "wrong variables",
    "query ($first: Int) { guilds(first: $first) { edges { cursor } } }",
    { first: "many" },
  ],
  ["a fractional Int", "query ($first: Int) { guilds(first: $first) { edges { cursor } } }", { first: 1.5 }],
  [
    "an Int of 2^31",
    "query ($first: Int) { guilds(first: $first) { edges { cursor } } }",
    { first: 2 ** 31 },
  ],
  [
    "an unknown field in an input",
    "mutation ($input: BuySwordInput!) { buySword(input: $input) { position } }",
    { input: { playerId: "alice", swordType: "katana", gold: 5 } },
  ],
  ["one for a list", "query ($ids: [ID!]!) { players(ids: $ids) { id } }", { ids: "alice" }],
  ["numbers for ids", "query ($ids: [ID!]!) { players(ids: $ids) { id } }", { ids: [1, 2] }],
  [
    "null where it may not be",
    "query ($ids: [ID!]!) { players(ids: $ids) { id } }",
    { ids: ["alice", null] },
  ],
  [
    "skip and include",
    `query ($yes: Boolean!) { swords @skip(if: $yes) { type } monsters @include(if: $yes) { type } ...A @skip(if: $yes) }
     fragment A on Query { status { realm } }`,
    { yes: true },
  ],
  ["defaults", 'query ($id: ID = "alice") { player(id: $id) { id } }'],
  [
    "a default, given null",
    'query ($id: ID = "alice") { player(id: $id) { id } swords { type } }',
    { id: null },
  ],
  [
    "a default for a mutation, given null",
    `mutation ($input: BuySwordInput = { playerId: "alice", swordType: "katana" }) {
      a: ${buy} { position } b: buySword(input: $input) { position } c: ${buy} { position }
    }`,
    { input: null },
  ],
  ["a response name __proto__", "{ __proto__: swords { __proto__: type } }"],
]

describe("an operation is answered the same compiled as by graphql-js", () => {
  test.each(operations)("%s", async (_, text, variables) => {
    const document = parse(text)
    expect(validate(schema, document)).toEqual([])

    const { interpreted, compiled } = await both(document, variables)

    expect(compiled).toBe(interpreted)
  })

  test.each(["query", "mutation"] as const)("any %s, with any variables", async kind => {
    let valid = 0
    await fc.assert(
      fc.asyncProperty(randomOperation(schema, kind), randomVariables, async (text, variables) => {
        const document = parse(text)
        const problems = validate(schema, document).filter(
          ({ message }) => !message.includes("is never used"),
        )
        // Aliases may clash.
        if (problems.length > 0) return
        valid += 1
        const { interpreted, compiled } = await both(document, variables)
        expect(compiled).toBe(interpreted)
      }),
      runs(300),
    )
    expect(valid).toBeGreaterThan(100)
  })

  test("no argument or input field is non-null and has a default: graphql-jit would go wrong on null", () => {
    const inputs = Object.values(schema.getTypeMap()).flatMap(type => {
      // Introspection is not compiled.
      if (type.name.startsWith("__")) return []
      if (isInputObjectType(type)) return Object.values(type.getFields())
      return isObjectType(type) ? Object.values(type.getFields()).flatMap(field => field.args) : []
    })

    expect(inputs.length).toBeGreaterThan(20)
    expect(
      inputs.filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue !== undefined),
    ).toEqual([])
  })
})

describe("compiling", () => {
  const isCompiled = (text: string) => {
    const document = parse(text)
    return compile(schema, document, operationOf(document)) !== null
  }

  test.each([
    [
      "a query with variables",
      "query ($id: ID!, $first: Int) { player(id: $id) { purchases(first: $first) { edges { cursor } } } }",
    ],
    ["a mutation", "mutation ($input: BuySwordInput!) { buySword(input: $input) { position } }"],
    ["a required variable with a default", 'query ($id: ID! = "alice") { player(id: $id) { id } }'],
  ])("is done for %s", (_, text) => {
    expect(isCompiled(text)).toBe(true)
  })

  test.each([
    ["directives", "query ($yes: Boolean!) { swords @skip(if: $yes) { type } }"],
    ["directives in fragments", "{ ...A } fragment A on Query { swords @include(if: true) { type } }"],
    [
      "a default of a nullable variable",
      "query ($first: Int = 5) { guilds(first: $first) { edges { cursor } } }",
    ],
    ["the name __proto__", "{ __proto__: swords { type } }"],
    ["introspection", "{ __schema { queryType { name } } }"],
  ])("is left for %s", (_, text) => {
    expect(isCompiled(text)).toBe(false)
  })

  test("happens once an operation has come often, and changes no answer", async () => {
    const one = executor({ compileAt: 3 })
    const document = parse('{ player(id: "alice") { gold } }')
    const texts = new Set<string>()
    for (let i = 0; i < 6; i++) texts.add(JSON.stringify(await answer(one, document)))

    expect([...texts]).toEqual(['{"data":{"player":{"gold":850}}}'])
  })

  test("keeps the operations of one document apart", async () => {
    const one = executor({ compileAt: 1 })
    const document = parse("query A { swords { type } } query B { monsters { type } }")
    const execute = (name: string) => {
      const operation = getOperationAST(document, name)
      if (!operation) throw new Error("no operation")
      return one.execute({ document, operation, variables: {} })
    }

    expect(await execute("A")).toHaveProperty("data.swords")
    expect(await execute("B")).toHaveProperty("data.monsters")
  })
})

describe("what a client learns", () => {
  test("of a bug: nothing; the log has everything", async () => {
    const logger = new KeptLogger()

    const result = await answer(executor({ logger }), parse('{ player(id: "bug") { id } }'))

    expect(result.errors).toMatchObject([
      {
        message: "internal server error",
        path: ["player"],
        extensions: { code: "INTERNAL_SERVER_ERROR", retryable: false },
      },
    ])
    expect(JSON.stringify(result)).not.toMatch(/secret|stack|\.ts/)
    expect(JSON.stringify(logger.entries)).toContain("secret: cannot read properties of undefined")
    expect(JSON.stringify(logger.entries)).toContain("stubGame.ts")
  })

  test("of a field that is null and must not be: nothing but that it is a bug", async () => {
    const ghost = '{ playerId: "ghost", swordType: "x" }'
    const document = parse(`mutation { buySword(input: ${ghost}) { purchase { player { name } } position } }`)

    const result = await answer(executor({}), document)

    expect(result.data).toMatchObject({ buySword: { purchase: null, position: expect.any(String) } })
    expect(result.errors?.[0]?.extensions?.code).toBe("INTERNAL_SERVER_ERROR")
  })

  test("of a fault: its code, whether to retry, its message and its path", async () => {
    const result = await answer(executor({}), parse('{ a: player(id: "fault") { id } }'))

    expect(result.errors).toEqual([
      {
        message: "the views are behind",
        locations: [{ line: 1, column: 3 }],
        path: ["a"],
        extensions: { code: "VIEWS_BEHIND", retryable: true },
      },
    ])
  })

  test("of an argument that is null and must not be: that it is the request's fault", async () => {
    const document = parse('query ($id: ID = "alice") { player(id: $id) { id } }')

    const { data, errors } = await answer(executor({}), document, { id: null })

    expect(data).toEqual({ player: null })
    expect(errors).toMatchObject([
      { path: ["player"], extensions: { code: "BAD_USER_INPUT", retryable: false } },
    ])
  })

  test("of variables in production: no types", async () => {
    const document = parse("mutation ($input: BuySwordInput!) { buySword(input: $input) { position } }")

    const result = await answer(executor({ production: true }), document, { input: { playerI: 5 } })

    expect(result.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT")
    expect(JSON.stringify(result)).not.toMatch(/BuySwordInput|playerId|String|ID/)
  })

  test("of a cost beyond the limit: before anything is resolved", async () => {
    const document = parse("query ($n: Int = 99999999) { guilds(first: $n) { edges { cursor } } }")
    const none = () => {
      throw new Error("resolved")
    }
    const one = new Executor({ schema, newContext: none, logger: new KeptLogger(), production: false })
    const operation = operationOf(document)

    const byDefault = await one.execute({ document, operation, variables: {} })
    const byVariable = await one.execute({ document, operation, variables: { n: 2_000_000 } })

    expect(byDefault.errors?.[0]?.extensions).toMatchObject({
      code: "LIMIT_EXCEEDED",
      limit: "cost",
      allowed: 5000,
    })
    expect(byVariable.errors?.[0]?.extensions).toMatchObject({ limit: "cost", found: 4_000_001 })
  })
})
