import { isRecord } from "../lib/json.js"
import { CATALOGUE_MAX, type Catalogue, monsterFields, newCatalogue, swordFields } from "./catalogue.js"
import { objectOf } from "./eventSchema.js"
import { type InputProblem, type Parsed, parseInput, show } from "./input.js"
import type { Fields, Values } from "./kinds.js"

const LISTS = { swords: swordFields, monsters: monsterFields } as const

/** Names the JSON Schema of a catalogue, for editors. */
const SCHEMA_KEY = "$schema"

/**
 * Checks a catalogue as its file gives it, `{ swords: [...], monsters: [...] }`, and reports all mistakes,
 * each with its place, such as `swords[3].price`. Unknown fields are mistakes too: one misspelt would
 * otherwise have no effect.
 */
export function parseCatalogue(raw: unknown): Parsed<Catalogue> {
  if (!isRecord(raw)) {
    const expected = "an object with swords and monsters"
    return { ok: false, problems: [{ field: "the file", expected, got: show(raw) }] }
  }
  const problems = unknownFields("the file", raw, [...Object.keys(LISTS), SCHEMA_KEY])
  const swords = parseList("swords", LISTS.swords, raw.swords, problems)
  const monsters = parseList("monsters", LISTS.monsters, raw.monsters, problems)
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: newCatalogue({ swords, monsters }) }
}

/** The good items of a list; what is wrong with the others is added to `problems`. */
function parseList<F extends Fields>(
  list: string,
  fields: F,
  raw: unknown,
  problems: InputProblem[],
): Values<F>[] {
  if (!Array.isArray(raw) || raw.length > CATALOGUE_MAX) {
    const got = Array.isArray(raw) ? `${raw.length}` : show(raw)
    problems.push({ field: list, expected: `a list of at most ${CATALOGUE_MAX} ${list}`, got })
    return []
  }
  const first = new Map<unknown, string>()
  return raw.flatMap((item: unknown, i) => {
    const place = `${list}[${i}]`
    const parsed = parseItem(place, fields, item)
    const found = parsed.ok ? [] : [...parsed.problems]
    const type = isRecord(item) ? item.type : undefined
    const earlier = first.get(type)
    if (earlier !== undefined && typeof type === "string") {
      const expected = `a type that no other of the ${list} has`
      found.push({ field: `${place}.type`, expected, got: `${show(type)}, as ${earlier}` })
    }
    if (earlier === undefined) first.set(type, place)
    problems.push(...found)
    return parsed.ok ? [parsed.value] : []
  })
}

function parseItem<F extends Fields>(place: string, fields: F, item: unknown): Parsed<Values<F>> {
  const names = Object.keys(fields)
  if (!isRecord(item)) {
    const expected = `an object with ${names.join(", ")}`
    return { ok: false, problems: [{ field: place, expected, got: show(item) }] }
  }
  const surplus = unknownFields(place, item, names)
  const parsed = parseInput(fields, item)
  if (parsed.ok && surplus.length === 0) return parsed
  const found = parsed.ok ? [] : parsed.problems
  const problems = found.map(problem => ({ ...problem, field: `${place}.${problem.field}` }))
  return { ok: false, problems: [...problems, ...surplus] }
}

/** At most one problem, which shows the first unknown field. */
function unknownFields(place: string, item: object, names: readonly string[]): InputProblem[] {
  const unknown = Object.keys(item).find(name => !names.includes(name))
  if (unknown === undefined) return []
  return [{ field: place, expected: `no fields but ${names.join(", ")}`, got: show(unknown) }]
}

/** The JSON Schema (2020-12) of a catalogue's file. It cannot say that no type occurs twice. */
export function catalogueSchema(): object {
  const lists = Object.entries<Fields>(LISTS).map(([list, fields]) => {
    const items = { ...objectOf(Object.entries(fields)), additionalProperties: false }
    return [list, { type: "array", maxItems: CATALOGUE_MAX, items }]
  })
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A catalogue of swords and monsters",
    type: "object",
    properties: { [SCHEMA_KEY]: { type: "string" }, ...Object.fromEntries(lists) },
    required: Object.keys(LISTS),
    additionalProperties: false,
  }
}
