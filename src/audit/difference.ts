/** One field in which two JSON values differ. */
export interface FieldDifference {
  /** A path such as `state.swords.dagger` or `recent.0.id`; empty for the whole value. */
  readonly field: string
  readonly expected: unknown
  readonly found: unknown
}

/** The innermost fields in which two JSON values differ, in the order of the expected one; undefined when missing. */
export function* differences(expected: unknown, found: unknown, field = ""): Generator<FieldDifference> {
  if (Object.is(expected, found)) return
  if (!isTree(expected) || !isTree(found) || Array.isArray(expected) !== Array.isArray(found)) {
    yield { field, expected, found }
    return
  }
  const names = new Set([...Object.keys(expected), ...Object.keys(found)])
  for (const name of names) {
    yield* differences(own(expected, name), own(found, name), field === "" ? name : `${field}.${name}`)
  }
}

type Tree = Readonly<Record<string, unknown>>

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null
}

function own(tree: Tree, name: string): unknown {
  return Object.hasOwn(tree, name) ? tree[name] : undefined
}

export function areEqual(one: unknown, other: unknown): boolean {
  return differences(one, other).next().done === true
}

/** A text of the views as a value; the text itself when it is not JSON, so that it differs as a whole. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
