import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const src = fileURLToPath(new URL("../../src", import.meta.url))

/** Calls whose results depend on the runtime's tables: Unicode classes, locales and time zones. */
const BY_TABLES = [
  /\\[pP]\{/,
  /\.(localeCompare|toLocale\w*|normalize)\(/,
  /\bIntl\./,
  /\bDate\.parse\(/,
  /\.(get|set)(FullYear|Month|Date|Day|Hours|Minutes|TimezoneOffset)\(/,
]

/** What reads the log and everything derived from it. Commands and resolvers only take what clients send. */
const READERS = ["domain", "log", "tail", "projections", "lander", "history", "audit", "adapters"]

/** For inputs alone. */
const OF_INPUTS = ["domain/visible.ts"]

// Shows R45.
describe("what is in the log is read by rules that never change", () => {
  it.each(READERS)("src/%s uses none of the runtime's tables", async folder => {
    const names = await readdir(join(src, folder), { recursive: true })
    const files = names.map(name => join(folder, name)).filter(name => name.endsWith(".ts"))
    const asking: string[] = []
    for (const file of files.filter(name => !OF_INPUTS.includes(name))) {
      const lines = (await readFile(join(src, file), "utf8")).split("\n")
      const found = lines.filter(line => BY_TABLES.some(pattern => pattern.test(line)))
      asking.push(...found.map(line => `${file}: ${line.trim()}`))
    }
    expect(files.length).toBeGreaterThan(0)
    expect(asking).toEqual([])
  })
})
