import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { expect, test } from "vitest"

interface ImportRules {
  readonly forbidden: readonly { readonly name: string; readonly comment?: string }[]
}

const rules: ImportRules = createRequire(import.meta.url)("../../.dependency-cruiser.cjs")

/** `src/<folder> may import lib, …`, as the import rules say it of themselves. */
const RULE = /^src\/(\w+) may import lib(?:, )?(.*)$/

/** A row of the table: the folder, what is there, what it may import besides lib. */
const ROW = /^\| `src\/(\w+)\/` \| [^|]* \| ?([^|]*?) ?\|$/gm

test("the table of folders says what the import rules allow", () => {
  const allowed = rules.forbidden.flatMap(({ comment = "" }) => {
    const [, folder, imports] = RULE.exec(comment) ?? []
    return folder === undefined ? [] : [[folder, imports] as const]
  })
  const rows = [...readFileSync("docs/architecture.md", "utf8").matchAll(ROW)]
  const told = new Map(rows.map(([, folder, imports]) => [folder, imports]))

  expect(allowed.length).toBeGreaterThan(15)
  expect(allowed.map(([folder]) => [folder, told.get(folder)])).toEqual(allowed)
})
