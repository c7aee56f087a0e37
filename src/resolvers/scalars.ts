import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from "graphql"
import { GraphQLDateTime, GraphQLSafeInt } from "graphql-scalars"

export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  description: "ISO 8601, UTC.",
})

/**
 * Answers are checked here. Inputs are not: each field checks its own, so that one message gives the field,
 * what was expected, and the value, whether it came as a literal or in a variable.
 */
export const SafeInt = new GraphQLScalarType<unknown, unknown>({
  ...GraphQLSafeInt.toConfig(),
  description: "A whole number from -(2^53 - 1) to 2^53 - 1.",
  parseValue: value => value,
  parseLiteral: valueFromASTUntyped,
})

export const Position = opaque(
  "Position",
  "An opaque position in the realm's log: from a mutation's payload, for a query's `atLeast`.",
)

export const Cursor = opaque("Cursor", "Opaque; resumes a subscription or a page.")

/**
 * A string that the resolvers parse: a malformed one is BAD_USER_INPUT, whether a literal or in a variable.
 */
function opaque(name: string, description: string): GraphQLScalarType<string, string> {
  const parseValue = (value: unknown): string => {
    if (typeof value === "string") return value
    throw new GraphQLError(`${name} cannot represent a non string value.`)
  }
  const parseLiteral = (node: ValueNode): string => {
    if (node.kind === Kind.STRING) return node.value
    throw new GraphQLError(`${name} cannot represent a non string value.`, { nodes: node })
  }
  return new GraphQLScalarType({ name, description, serialize: String, parseValue, parseLiteral })
}
