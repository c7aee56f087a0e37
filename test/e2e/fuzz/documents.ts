import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import fc from "fast-check"
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql"

const SCHEMA = fileURLToPath(new URL("../../../schema/schema.graphql", import.meta.url))
const schema = buildSchema(readFileSync(SCHEMA, "utf8"))
const objects = Object.values(schema.getTypeMap()).filter(isObjectType)

const FRAGMENTS = ["F", "G", "H"]
const DEPTH_MAX = 5

/** A request as a client may send it: most documents are valid or nearly so, few are nonsense. */
export interface WildRequest {
  readonly query: string
  readonly variables?: unknown
  readonly operationName?: unknown
  readonly extensions?: unknown
}

/** A value where another one is expected. */
const WRONG = [
  ...[
    "null",
    "true",
    "1",
    "-1",
    "1.5",
    "1e999",
    "99999999999999999999",
    '""',
    '"x"',
    '"\\ud800"',
    '"é\u202e"',
  ],
  ...["[]", "[[[]]]", "{}", "{ a: { a: [1] } }", "NOTHING", "$b", "$id", "$in", "$first", "$nowhere"],
  ...['"""a block"""', `"${"x".repeat(500)}"`, '"2024-01-01T00:00:00Z"', '"__proto__"', "{ __proto__: 1 }"],
]

const DIRECTIVES = [
  ...["@skip(if: true)", "@skip(if: false)", "@include(if: true)", "@include(if: false)", "@skip(if: $b)"],
  ...["@include(if: $b) @skip(if: $b)", "@skip", '@include(if: "x")', "@skip(if: $first)", "@skip(if: null)"],
  ...["@deprecated", "@nothing(a: 1)", "@specifiedBy(url: 1)", "@skip(if: true) @skip(if: true)"],
]

const VARIABLES = [
  "",
  "($b: Boolean!, $id: ID!, $first: Int, $in: BuySwordInput)",
  "($b: Boolean = false, $id: ID = 7, $first: Int! = 3, $in: BuySwordInput = {})",
  "($b: Int, $id: [ID!]!, $first: String, $in: Nothing)",
  '($b: Boolean! = true @skip(if: true), $id: ID = "alice", $first: Int = 1e9)',
  "($b: Boolean, $b: Boolean, $id: Player)",
]

const directives = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: fc.constantFrom(...DIRECTIVES) },
)

const aliases = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: fc.constantFrom("a: ", "__proto__: ", "constructor: ", "then: ", "__typename: ") },
)

function rightValue(type: GraphQLInputType, depth: number): fc.Arbitrary<string> {
  if (isNonNullType(type)) return rightValue(type.ofType, depth)
  if (isListType(type))
    return fc.array(value(type.ofType, depth), { maxLength: 3 }).map(all => `[${all.join(", ")}]`)
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name))
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map(field => {
      return fc
        .option(value(field.type, depth - 1))
        .map(text => (text === null ? "" : `${field.name}: ${text}`))
    })
    return fc.tuple(...fields).map(texts => `{ ${texts.filter(text => text !== "").join(", ")} }`)
  }
  switch (type.name) {
    case "Boolean":
      return fc.constantFrom("true", "false", "$b")
    case "Int":
    case "SafeInt":
      return fc.constantFrom("0", "1", "3", "100", "2147483647", "$first")
    case "DateTime":
      return fc.constantFrom('"2024-01-01T00:00:00Z"', '"2030-01-01T00:00:00Z"', '"0000-01-01T00:00:00Z"')
    default:
      return fc.constantFrom('"wild-1"', '"wild-2"', '"katana"', '"eu"', '"nobody"', "$id")
  }
}

function value(type: GraphQLInputType, depth: number): fc.Arbitrary<string> {
  const wrong = fc.constantFrom(...WRONG)
  if (depth === 0) return wrong
  return fc.oneof({ weight: 12, arbitrary: rightValue(type, depth) }, { weight: 1, arbitrary: wrong })
}

function argumentsOf({ args }: GraphQLField<unknown, unknown>): fc.Arbitrary<string> {
  if (args.length === 0) return fc.constantFrom("", "", "", "", "", "(a: 1)")
  const texts = args.map(({ name, type }) => {
    const given = value(type, 3).map(text => `${name}: ${text}`)
    return fc.oneof({ weight: isNonNullType(type) ? 20 : 1, arbitrary: given }, fc.constant(""))
  })
  return fc.tuple(...texts).map(all => {
    const given = all.filter(text => text !== "")
    return given.length === 0 ? "" : `(${given.join(", ")})`
  })
}

function fieldOf(type: GraphQLObjectType, depth: number): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.values(type.getFields())).chain(field => {
    const inner = selections(getNamedType(field.type), depth - 1)
    const parts = fc.tuple(aliases, argumentsOf(field), directives, inner)
    return parts.map(([alias, args, directive, text]) => `${alias}${field.name}${args} ${directive} ${text}`)
  })
}

function selections(type: GraphQLNamedType, depth: number): fc.Arbitrary<string> {
  if (!isObjectType(type)) {
    return fc.oneof({ weight: 40, arbitrary: fc.constant("") }, fc.constant("{ __typename }"))
  }
  if (depth === 0) return fc.constantFrom("{ __typename }", "{ id }", "")
  const spread = fc.tuple(fc.constantFrom(...FRAGMENTS), directives)
  const inline = fc.tuple(fc.constantFrom(`on ${type.name}`, "", "on Player"), directives)
  const one = fc.oneof(
    { weight: 10, arbitrary: fieldOf(type, depth) },
    { weight: 1, arbitrary: spread.map(([name, directive]) => `...${name} ${directive}`) },
    {
      weight: 1,
      arbitrary: inline.chain(([on, directive]) =>
        selections(type, depth - 1).map(text => `... ${on} ${directive} ${text}`),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom("__typename", "nothing", "__schema { types { name } }") },
  )
  return fc.array(one, { minLength: 1, maxLength: 3 }).map(texts => `{ ${texts.join(" ")} }`)
}

const operation = fc.constantFrom("query", "mutation", "subscription").chain(kind => {
  const root = schema.getRootType(kind as never)
  if (!root) throw new Error(`no ${kind}`)
  const name = fc.constantFrom("", "", "A", "B")
  const parts = fc.tuple(name, fc.constantFrom(...VARIABLES), directives, selections(root, DEPTH_MAX))
  return parts.map(
    ([called, variables, directive, text]) => `${kind} ${called} ${variables} ${directive} ${text}`,
  )
})

const fragment = fc
  .tuple(fc.constantFrom(...FRAGMENTS), fc.constantFrom(...objects))
  .chain(([name, type]) => {
    return fc.tuple(directives, selections(type, 3)).map(([directive, text]) => {
      return `fragment ${name} on ${type.name} ${directive} ${text}`
    })
  })

const wellFormed = fc
  .tuple(fc.array(operation, { minLength: 1, maxLength: 2 }), fc.array(fragment, { maxLength: 3 }))
  .map(([operations, fragments]) => [...operations, ...fragments].join("\n"))

/** A part of a text in the place of another part. */
function mangled(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const cut = fc.tuple(
    fc.nat(),
    fc.nat(20),
    fc.constantFrom(...WRONG, "{", "}", "(", "...", "@", "#", "\u0000", "\ud800"),
  )
  return fc.tuple(texts, cut).map(([text, [at, length, other]]) => {
    const start = at % (text.length + 1)
    return text.slice(0, start) + other + text.slice(start + length)
  })
}

const huge = fc
  .tuple(fc.constantFrom("{a", "[", "{ ...F ", "#\n", "{swords", '"', "@skip(if:"), fc.nat(8000))
  .map(([text, times]) => text.repeat(times))

const documents = fc.oneof(
  { weight: 10, arbitrary: wellFormed },
  { weight: 2, arbitrary: mangled(wellFormed) },
  { weight: 1, arbitrary: huge },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
)

const variables = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        b: fc.constantFrom<unknown[]>(true, false, null, 1, "true"),
        id: fc.constantFrom<unknown[]>("wild-1", "wild-2", "", null, 7, ["wild-1"], {}, "\ud800"),
        first: fc.constantFrom<unknown[]>(1, 100, 0, -1, 2 ** 31, 1.5, "1", null),
        in: fc.constantFrom<unknown[]>({ playerId: "wild-1", swordType: "dagger" }, {}, null, []),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.dictionary(fc.string(), fc.jsonValue()) },
  { weight: 1, arbitrary: fc.jsonValue() },
)

export const wildRequests: fc.Arbitrary<WildRequest> = fc.record(
  {
    query: documents,
    variables,
    operationName: fc.constantFrom<unknown[]>("A", "B", "", null, 7, "__proto__"),
    extensions: fc.constantFrom<unknown[]>({}, null, 7, { persistedQuery: { version: 1, sha256Hash: "x" } }),
  },
  { requiredKeys: ["query"] },
)
