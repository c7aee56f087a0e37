import "reflect-metadata"
import { type ClassType, Field, ID, InputType, Int } from "type-graphql"
import type { CommandType } from "../domain/command.js"
import { type Field as InputField, idempotencyKey, type KindName } from "../domain/kinds.js"
import { DateTime, SafeInt } from "./scalars.js"

const scalars = {
  text: String,
  integer: Int,
  gold: SafeInt,
  flag: Boolean,
  time: DateTime,
} as const satisfies {
  readonly [N in KindName]: unknown
}

const KEY =
  `${idempotencyKey.expected}, scoped to the acting player. The same key again answers with what it did. ` +
  "If it is missing, the server makes one and returns it in the response's extensions.idempotencyKeys, by response name."

/** The GraphQL input type of a command: a field for each of its fields, and the idempotency key. */
export function inputType({ name, input }: CommandType): ClassType {
  class Input {}
  for (const [key, field] of Object.entries(input)) {
    const scalar = field.isId ? ID : scalars[field.name]
    Field(() => scalar, optionsOf(field))(Input.prototype, key)
  }
  Field(() => String, { nullable: true, description: KEY })(Input.prototype, "idempotencyKey")
  InputType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Input`)(Input)
  return Input
}

function optionsOf(field: InputField<unknown>) {
  const description = field.description ?? limitsOf(field)
  return {
    nullable: field.fallback !== undefined,
    ...(field.fallback != null && { defaultValue: field.fallback }),
    ...(description !== null && { description }),
  }
}

/** Words end with a period; a regular expression stands bare. */
function limitsOf({ limits }: InputField<unknown>): string | null {
  return limits === null || limits.startsWith("[") ? limits : `${limits}.`
}
