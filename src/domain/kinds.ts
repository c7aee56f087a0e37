import { isVisible } from "./visible.js"

/**
 * The kinds of a field, for events and command inputs alike: what a value must be, said once. From a kind
 * come validation, the JSON Schema in `schema/events/`, the column of the lake, and the field of a GraphQL input.
 *
 * What is in the log is read by rules that never change (R45): `is` does not depend on the runtime's Unicode
 * tables, locale or time zone, and accepts whatever any build has ever recorded. What a client's input must
 * fulfil in addition is `input`; that may change with the build and with Node.
 */
export type KindName = "text" | "integer" | "gold" | "flag" | "time" | JsonKind

/** The kinds whose values are objects or lists; the lake has them as JSON, in a text column. */
export type JsonKind = "goods" | "prices"

export interface Kind<T> {
  readonly name: KindName
  /** What is expected, for messages: «a whole number from 1 to 500». */
  readonly expected: string
  readonly is: (value: unknown) => value is T
  /**
   * The limits as the GraphQL schema states them, in words or as a regular expression; null for a value that
   * clients have from the server.
   */
  readonly limits: string | null
  /** Whether it is the id of a player or a guild. */
  readonly isId: boolean
  /** What is required of an input in addition. */
  readonly input: InputRule<T>
  /** The JSON Schema of one value. */
  readonly schema: Readonly<Record<string, unknown>>
}

export interface InputRule<T> {
  /** All that is expected of an input, for messages. */
  readonly expected: string
  readonly accepts: (value: T) => boolean
  /** Brings what a client sent into the form of the log; what it cannot form it returns as it is. */
  readonly form: (given: unknown) => unknown
}

/** A kind as used for one field of an event or an input. Personal fields are kept apart (R29). */
export interface Field<T> extends Kind<T> {
  readonly optional: boolean
  /** What a missing value of an input counts as; undefined if it must be given. */
  readonly fallback: T | undefined
  /** What the GraphQL schema says of it instead of its limits, or null. */
  readonly description: string | null
  /** Personal fields are kept apart in the event and never land in the lake. */
  readonly personal: boolean
  /** The kind of aggregate that this field names, if the event changes that one too. */
  readonly changes: "player" | "guild" | null
}

// biome-ignore lint/suspicious/noExplicitAny: a record of fields of any type; each keeps its own type
export type Fields = Readonly<Record<string, Field<any>>>
type ValueOf<F> = F extends Field<infer T> ? T : never
export type Values<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> }

/** By default, an input must be no more than what the log may hold. */
export function field<T>(kind: Omit<Kind<T>, "input" | "isId"> & Partial<Kind<T>>): Field<T> {
  const input = { expected: kind.expected, accepts: () => true, form: asGiven }
  const use = { optional: false, fallback: undefined, description: null, personal: false, changes: null }
  return { input, isId: false, ...kind, ...use }
}

function asGiven(value: unknown): unknown {
  return value
}

export function optional<T>(of: Field<T>): Field<T | null> {
  const is = (value: unknown): value is T | null => value === null || of.is(value)
  const accepts = (value: T | null) => value === null || of.input.accepts(value)
  const input = { ...of.input, accepts }
  const schema = { anyOf: [of.schema, { type: "null" }] }
  return { ...of, optional: true, fallback: null, is, input, schema }
}

/** A field of an input that counts as `fallback` when it is missing. */
export function byDefault<T>(fallback: T, of: Field<T>): Field<T> {
  return { ...of, fallback }
}

export function described<T>(description: string, of: Field<T>): Field<T> {
  return { ...of, description }
}

export type PersonalField<T> = Field<T> & { readonly personal: true }

export function personal<T>(of: Field<T>): PersonalField<T> {
  return { ...of, personal: true }
}

export function changes<T>(aggregate: "player" | "guild", of: Field<T>): Field<T> {
  return { ...of, changes: aggregate }
}

/** Gold is a safe integer: a balance goes up to 2^53 - 1. */
export const GOLD_MAX = Number.MAX_SAFE_INTEGER

/** One grant is at most a thousand million coins. */
export const GRANT_MAX = 1_000_000_000

/** A guild has at most 500 members, so that its document stays small. */
export const CAPACITY_MAX = 500

/** Health goes from 0 to this. */
export const HEALTH_MAX = 100

function isBetween(value: unknown, min: number, max: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
}

export function integer(min: number, max: number): Field<number> {
  return field({
    name: "integer",
    expected: `a whole number from ${min} to ${max}`,
    limits: `${numberText(min)} to ${numberText(max)}`,
    is: (value): value is number => isBetween(value, min, max),
    schema: { type: "integer", minimum: min, maximum: max },
  })
}

/** Powers of ten from a million on are written as such: zeros are hard to count. */
function numberText(value: number): string {
  const digits = Math.log10(value)
  return digits >= 6 && Number.isInteger(digits) ? `10^${digits}` : String(value)
}

export function gold(min: number, max: number): Field<number> {
  return { ...integer(min, max), name: "gold" }
}

export const flag: Field<boolean> = field({
  name: "flag",
  expected: "true or false",
  limits: null,
  is: value => typeof value === "boolean",
  schema: { type: "boolean" },
})

function pattern(regex: RegExp, expected: string): Field<string> {
  return field({
    name: "text",
    expected,
    limits: regex.source.slice(1, -1),
    is: (value): value is string => typeof value === "string" && regex.test(value),
    schema: { type: "string", pattern: regex.source },
  })
}

export const playerId: Field<string> = {
  ...pattern(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "an id of 1 to 64 characters A-Z a-z 0-9 . _ - that begins with a letter or digit",
  ),
  isId: true,
}

export const guildId: Field<string> = {
  ...pattern(
    /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
    "a guild id of 1 to 64 characters a-z 0-9 - that begins and ends with a letter or digit",
  ),
  isId: true,
  limits: null,
}

/** The id of the event that offered the trade: `<offset>-<index>`. */
export const tradeId: Field<string> = {
  ...pattern(/^[0-9]{1,16}-[0-9]{1,6}$/, "the id of a trade, two numbers with a - between them"),
  isId: true,
  limits: null,
}

export const region = pattern(/^[a-z0-9-]{1,32}$/, "a region of 1 to 32 characters a-z 0-9 -")

/** A type of the catalogue, known or not: the command refuses one that does not exist. */
export const catalogueType = pattern(/^[a-z0-9-]{1,64}$/, "a catalogue type of 1 to 64 characters a-z 0-9 -")

export const idempotencyKey = pattern(/^[\x20-\x7e]{1,64}$/, "1 to 64 printable ASCII characters")

/**
 * A text of 1 to `max` characters (code points). The log may hold any characters but controls and halves of
 * surrogate pairs; in an input all must be visible.
 */
export function visibleText(max: number): Field<string> {
  const readable = new RegExp(String.raw`^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]{1,${max}}$`, "u")
  return field({
    name: "text",
    expected: `1 to ${max} characters, none of them a control character`,
    limits: `1 to ${max} visible characters`,
    is: (value): value is string => typeof value === "string" && readable.test(value),
    input: {
      expected: `1 to ${max} visible characters: no controls, none that are hidden or change the direction of text`,
      accepts: isVisible,
      form: asGiven,
    },
    // Half of a surrogate pair cannot occur in a JSON Schema string, and some regex engines cannot express
    // it.
    schema: {
      type: "string",
      minLength: 1,
      maxLength: max,
      pattern: String.raw`^[^\u0000-\u001f\u007f-\u009f]*$`,
    },
  })
}
