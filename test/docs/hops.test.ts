import { readFileSync } from "node:fs"
import { expect, test } from "vitest"

const page = readFileSync("docs/one-purchase.md", "utf8")

/** The rows of the table: a file of `src/`, and the functions in it. */
const hops = [...page.matchAll(/^\|[^|]*\| `([\w/]+\.ts)` \| (.+) \|$/gm)].flatMap(
  ([, file = "", names = ""]) => {
    return [...names.matchAll(/`(#?\w+)`/g)].map(([, name = ""]) => ({ file, name }))
  },
)

/** A declaration: a function, a method, or a constant that holds a function. */
function declares(source: string, name: string): boolean {
  const after = String.raw`(?:<.*>)?\(|${name} = `
  return new RegExp(
    String.raw`^\s*(?:export |override |protected |private |async |function |const )*${name}${after}`,
    "m",
  ).test(source)
}

test("each function on the way of a purchase is in the file that the walk names", () => {
  const missing = hops.filter(({ file, name }) => !declares(readFileSync(`src/${file}`, "utf8"), name))
  expect(missing).toEqual([])
})

test("the way does not get longer", () => {
  expect(hops.length).toBeGreaterThan(40)
  expect(hops.length).toBeLessThanOrEqual(56)
})
