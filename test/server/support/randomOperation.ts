import fc from "fast-check"
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from "graphql"

/** Values for arguments: good ones, ones that fault, and ones of the wrong type. */
const values: Readonly<Record<string, readonly string[]>> = {
  id: ['"alice"', '"bob"', '"knights"', '"nobody"', '"fault"', '"bug"', '"no id"', '""', "$id"],
  ids: ['["alice", "fault", "nobody", "bug"]', '["alice"]', "[]", '"bob"', '["alice", $id]', "$ids"],
  atLeast: ["null", '"c3R1Yjoz"', '"nonsense"'],
  first: ["1", "2", "0", "null", "$first"],
  board: ["GOLD", "SWORDS", "GUILD_SIZE", "$board"],
  by: ["[SWORD, GUILD]", "REGION", "[]", "[MONSTER]"],
  bucket: ["MINUTE", "HOUR", "null", "WEEK"],
  from: ["null", '"2024-01-01T00:00:00Z"', '"yesterday"'],
  to: ["null", '"2024-01-02T00:00:00.5+01:00"', "7"],
  live: ["false", "null", "1"],
  guildId: ["null", '"knights"', '"no id"'],
  at: ['"2024-01-01T00:00:00Z"', '"2030-01-01T00:00:00Z"', "null"],
  filter: ["null", '{ playerId: "alice" }', '{ region: "NO REGION" }', "{ monster: 1 }"],
  after: ["null", '"Z3VpbGRzOnN0dWI6ZW1wdHk"', '"cHVyY2hhc2VzOnN0dWI6NS0w"', '"nonsense"'],
}

const ids = ['"alice"', '"nobody"', '"fault"', '"bug"', "$id"]
const inputs: Readonly<Record<string, readonly string[]>> = {
  registerPlayer: ids.map(id => `{ playerId: ${id}, name: "A", region: "eu" }`),
  grantGold: ids.map(id => `{ playerId: ${id}, amount: 1.5, reason: "r", idempotencyKey: "k" }`),
  buySword: [...ids.map(id => `{ playerId: ${id}, swordType: "katana", region: null }`), "$buy"],
  sellSword: ids.map(id => `{ playerId: ${id}, swordType: "katana" }`),
  fightMonster: ids.map(id => `{ playerId: ${id}, monster: "rat" }`),
  rest: ids.map(id => `{ playerId: ${id} }`),
  gift: ids.map(id => `{ fromPlayerId: ${id}, toPlayerId: "bob", gold: 5 }`),
  offerTrade: ids.map(id => {
    return `{ playerId: ${id}, toPlayerId: "bob", gives: { swords: { swordType: "katana", count: 1 } }, wants: {} }`
  }),
  acceptTrade: ids.map(id => `{ playerId: ${id}, fromPlayerId: "bob", tradeId: "5-0" }`),
  withdrawTrade: ids.map(id => `{ playerId: "bob", otherPlayerId: ${id}, tradeId: "no trade" }`),
  foundGuild: ids.map(id => `{ founderId: ${id}, name: "Knights" }`),
  joinGuild: ids.map(id => `{ playerId: ${id}, guildId: "knights" }`),
  leaveGuild: ids.map(id => `{ playerId: ${id}, guildId: "gone", idempotencyKey: null }`),
}

export const VARIABLES = "($id: ID!, $ids: [ID!]!, $first: Int, $board: Board!, $buy: BuySwordInput!)"

/** Values for these variables, some of them wrong. */
export const randomVariables = fc.record({
  id: fc.constantFrom("alice", "fault", "bug", "no id", 7),
  ids: fc.constantFrom<unknown[]>(["alice", "bob"], ["bug", "alice"], "alice", []),
  first: fc.constantFrom<unknown[]>(1, 3, null, undefined, -1),
  board: fc.constantFrom<unknown[]>("GOLD", "GUILD_SIZE", "guildSize", "toString", null),
  buy: fc.constantFrom<unknown[]>(
    { playerId: "alice", swordType: "katana" },
    { playerId: "fault", swordType: "katana", idempotencyKey: "k" },
    { playerId: 5, swordType: "katana" },
  ),
})

/** The selection text of a random operation of a schema. */
export function randomOperation(schema: GraphQLSchema, kind: "query" | "mutation"): fc.Arbitrary<string> {
  const root = kind === "query" ? schema.getQueryType() : schema.getMutationType()
  if (!root) throw new Error(`no ${kind}`)
  return selections(root, 5).map(text => `${kind} ${VARIABLES} ${text}`)
}

function selections(type: GraphQLObjectType, depth: number): fc.Arbitrary<string> {
  const fields = Object.values(type.getFields()).filter(
    field => depth > 1 || isLeafType(getNamedType(field.type)),
  )
  if (fields.length === 0) return fc.constant("{ __typename }")
  const one = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...fields).chain(field => selection(field, depth)) },
    { weight: 1, arbitrary: fc.constant("__typename") },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...fields)
        .chain(field => selection(field, depth).map(text => `... on ${type.name} { ${text} }`)),
    },
  )
  return fc.array(one, { minLength: 1, maxLength: depth > 3 ? 3 : 2 }).map(texts => `{ ${texts.join(" ")} }`)
}

function selection(field: GraphQLField<unknown, unknown>, depth: number): fc.Arbitrary<string> {
  const inner = sub(getNamedType(field.type), depth)
  const alias = fc.constantFrom("", "", "a: ", "b_c: ", "toString: ", "then: ")
  return fc
    .tuple(alias, argumentsOf(field), inner)
    .map(([name, args, text]) => `${name}${field.name}${args} ${text}`)
}

function sub(type: GraphQLNamedOutputType, depth: number): fc.Arbitrary<string> {
  return isObjectType(type) ? selections(type, depth - 1) : fc.constant("")
}

function argumentsOf({ name, args }: GraphQLField<unknown, unknown>): fc.Arbitrary<string> {
  if (args.length === 0) return fc.constant("")
  const texts = args.map(argument => {
    const given = fc.constantFrom(
      ...(argument.name === "input" ? (inputs[name] ?? []) : (values[argument.name] ?? [])),
    )
    return argumentText(argument, given)
  })
  return fc.tuple(...texts).map(all => {
    const some = all.filter(text => text !== "")
    return some.length === 0 ? "" : `(${some.join(", ")})`
  })
}

function argumentText(argument: GraphQLArgument, given: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const text = given.map(value => `${argument.name}: ${value}`)
  return isRequiredArgument(argument) ? text : fc.oneof(text, fc.constant(""))
}
