import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"

/** `docs/rules.md` is what the citations of rules (R…) and invariants (I…) in the project stand on. */
const PAGE = "docs/rules.md"

/** What cites rules. */
const CITING = ["src", "test", "scripts", "stack", "benchmarks", "docs", "README.md", "CONTRIBUTING.md"]

const CITATION = /\b[RI]\d{1,2}b?\b/g

interface Rule {
  readonly number: string
  readonly home: string | null
  readonly test: string | null
}

function rulesOf(text: string): Rule[] {
  return text
    .split(/^### /m)
    .slice(1)
    .map(entry => ({
      number: entry.slice(0, entry.indexOf(":")),
      home: /^Home: `([^`]+)`/m.exec(entry)?.[1] ?? null,
      test: /Shown by: `([^`]+)`/.exec(entry)?.[1] ?? null,
    }))
}

function filesBelow(path: string): string[] {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path)
    .filter(name => !["node_modules", "dist", "golden"].includes(name))
    .flatMap(name => filesBelow(join(path, name)))
}

function citedIn(path: string): string[] {
  return readFileSync(path, "utf8").match(CITATION) ?? []
}

const page = readFileSync(PAGE, "utf8")
const plannedFrom = page.indexOf("\n## Planned\n")
const built = rulesOf(page.slice(0, plannedFrom))
const planned = rulesOf(page.slice(plannedFrom))

describe("the page of rules", () => {
  test("defines each rule once", () => {
    const numbers = [...built, ...planned].map(({ number }) => number)
    expect(numbers.filter((number, i) => numbers.indexOf(number) !== i)).toEqual([])
    expect(built.length).toBeGreaterThan(40)
  })

  test("defines each rule that is cited", () => {
    const defined = new Set([...built, ...planned].map(({ number }) => number))
    const others = CITING.flatMap(filesBelow).filter(
      path => path !== PAGE && path !== "test/docs/rules.test.ts",
    )
    const unknown = others.flatMap(path =>
      citedIn(path)
        .filter(number => !defined.has(number))
        .map(number => `${path}: ${number}`),
    )
    expect(unknown).toEqual([])
  })

  test.each(built)(
    "$number is cited by its home and by the test that shows it",
    ({ number, home, test: shown }) => {
      expect(home, "Home").toMatch(/^src\//)
      expect(citedIn(home ?? ""), home ?? "").toContain(number)
      expect(shown, "Shown by").toMatch(/^test\//)
      expect(citedIn(shown ?? ""), shown ?? "").toContain(number)
    },
  )
})
