import { escaped } from "../lib/terminalText.js"
import type { Fields, Values } from "./kinds.js"

/** What is wrong with one value of an input, in words for the client. `got` is truncated. */
interface InputProblem {
  readonly field: string
  readonly expected: string
  readonly got: string
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly InputProblem[] }

const SHOWN_MAX = 60

/**
 * Invisible characters, and those that change the direction of text. JSON escapes only the controls of ASCII.
 */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** A value as a message shows it: escaped JSON, truncated to 60 characters. Never throws. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing"
  const cut = typeof value === "string" ? value.slice(0, SHOWN_MAX + 1) : value
  const text = jsonOf(cut).replace(UNSEEN, escaped)
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}

/** A value nested thousands deep overflows the stack of JSON.stringify, though JSON.parse has read it. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value
  } catch {
    return `a value of type ${typeof value}, which JSON cannot express`
  }
}

/** Checks an input against its fields. A missing field becomes its fallback; undeclared fields are dropped. */
export function parseInput<F extends Fields>(
  fields: F,
  raw: Readonly<Record<string, unknown>>,
): Parsed<Values<F>> {
  const value: Record<string, unknown> = {}
  const problems: InputProblem[] = []
  for (const [name, field] of Object.entries(fields)) {
    const given = raw[name] ?? field.fallback
    if (field.is(given) && field.input.accepts(given)) value[name] = given
    else problems.push({ field: name, expected: field.input.expected, got: show(given) })
  }
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: value as Values<F> }
}
