import "reflect-metadata"
import { type ClassType, Field, ID, InputType, Int } from "type-graphql"
import type { CommandType } from "../domain/command.js"
import { type Field as InputField, idempotencyKey, type KindName } from "../domain/kinds.js"
import { DateTime, SafeInt } from "./scalars.js"
import { GoodsInput } from "./types/goods.js"

const types = {
  text: String,
  integer: Int,
  gold: SafeInt,
  flag: Boolean,
  time: DateTime,
  goods: GoodsInput,
} as const satisfies {
  readonly [N in InputKind]: unknown
}

/** Prices come from the server. */
type InputKind = Exclude<KindName, "prices">

function isInputKind(name: KindName): name is InputKind {
  return Object.hasOwn(types, name)
}

const KEY =
  `${idempotencyKey.expected}, scoped to the acting player. The same key again answers with what it did. ` +
  "If it is missing, the server makes one and returns it in the response's extensions.idempotencyKeys, by response name."

/** The GraphQL input type of a command: a field for each of its fields, and the idempotency key. */
export function inputType({ name, input }: CommandType): ClassType {
  class Input {}
  for (const [key, field] of Object.entries(input)) {
    Field(() => typeOf(field), optionsOf(field))(Input.prototype, key)
  }
  Field(() => String, { nullable: true, description: KEY })(Input.prototype, "idempotencyKey")
  InputType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Input`)(Input)
  return Input
}

function typeOf({ isId, name }: InputField<unknown>) {
  if (isId) return ID
  if (isInputKind(name)) return types[name]
  throw new Error(`no input has a field of the kind ${name}`)
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
