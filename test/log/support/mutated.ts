import fc from "fast-check"

/** Stands for a list nested twenty thousand deep, which no generator could hold or print. */
const DEEP = "<deep>"
const DEPTH = 20_000

/** The text with its placeholders replaced. */
export function withDeep(json: string): string {
  return json.replaceAll(JSON.stringify(DEEP), `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`)
}

/** What a wrong program may put anywhere, deep nesting included. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: fc.jsonValue() },
  { weight: 3, arbitrary: fc.constantFrom(null, -1, 0, 1e308, "", "\n", "__proto__", "constructor", [], {}) },
  { weight: 1, arbitrary: fc.constant(DEEP) },
)

/** The JSON of a value with a few of its parts, at any depth, replaced, removed or put under another name. */
export function mutated(value: unknown): fc.Arbitrary<string> {
  const change = fc.record({
    path: fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }),
    how: fc.constantFrom("replace", "remove", "rename"),
    by: anything,
  })
  return fc.array(change, { minLength: 1, maxLength: 3 }).map(changes => {
    const copy: unknown = structuredClone(value)
    for (const { path, how, by } of changes) mutate(copy, path, how, by)
    return JSON.stringify(copy)
  })
}

function mutate(value: unknown, path: readonly number[], how: string, by: unknown): void {
  const [place = 0, ...rest] = path
  if (typeof value !== "object" || value === null) return
  const parts = value as Record<string, unknown>
  const names = Object.keys(parts)
  const name = names[place % Math.max(1, names.length)]
  if (name === undefined) return
  const part = parts[name]
  const goesOn = rest.length > 0 && typeof part === "object" && part !== null && Object.keys(part).length > 0
  if (goesOn) mutate(part, rest, how, by)
  else if (how === "replace") parts[name] = by
  else {
    delete parts[name]
    if (how === "rename") parts[`${name}x`] = part
  }
}
