import { execFileSync } from "node:child_process"
import { truncate, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { loadConfig } from "../../src/app/config.js"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { temporaryFolder } from "../support/folder.js"
import { problemsOf as problemsOfSettings } from "./support/problems.js"

const sabre = { type: "sabre", name: "Sabre", price: 80, power: 5 }
const kraken = { type: "kraken", name: "Kraken", strength: 70, gold: 900 }

async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), "catalogue.json")
  await writeFile(path, content)
  return path
}

function problemsOf(path: string): readonly string[] {
  return problemsOfSettings({ CATALOGUE: path })
}

describe("CATALOGUE", () => {
  it("is the built-in one by default", () => {
    expect(loadConfig({}).catalogue).toBe(builtInCatalogue)
  })

  it.each([
    ["", ""],
    ["a byte order mark before it", "\ufeff"],
  ])("names a file; %s", async (_, before) => {
    const path = await fileOf(`${before}${JSON.stringify({ swords: [sabre], monsters: [kraken] })}`)

    const { catalogue } = loadConfig({ CATALOGUE: path })

    expect([catalogue.swords, catalogue.monsters]).toEqual([[sabre], [kraken]])
  })

  it("names every mistake, beside those of other settings", async () => {
    const swords = [
      { ...sabre, price: -1 },
      { ...sabre, power: "much" },
    ]
    const path = await fileOf(JSON.stringify({ swords, monsters: [kraken] }))

    expect(() => loadConfig({ CATALOGUE: path, PORT: "x" })).toThrow(
      [
        "the configuration has 4 mistake(s):",
        '  - PORT: expected a whole number from 0 to 65535, got "x"',
        "  - CATALOGUE: swords[0].price: expected a whole number from 1 to 9007199254740991, got -1",
        '  - CATALOGUE: swords[1].power: expected a whole number from 0 to 1000000, got "much"',
        '  - CATALOGUE: swords[1].type: expected a type that no other of the swords has, got "sabre", as swords[0]',
      ].join("\n"),
    )
  })

  it("shows the first 20 of many mistakes, and how many there are", async () => {
    const swords = Array.from({ length: 500 }, (_, i) => ({ ...sabre, type: `sabre-${i}`, price: 0 }))
    const problems = problemsOf(await fileOf(JSON.stringify({ swords, monsters: [] })))

    expect(problems).toHaveLength(21)
    expect(problems[19]).toContain("swords[19].price")
    expect(problems[20]).toBe("CATALOGUE: and 480 more")
  })

  it("says of 100,000 swords that they are too many, and nothing else", async () => {
    const swords = Array.from({ length: 100_000 }, () => ({ ...sabre, price: -1 }))
    const path = await fileOf(JSON.stringify({ swords, monsters: [] }))

    expect(problemsOf(path)).toEqual([
      "CATALOGUE: swords: expected a list of at most 1000 swords, got 100000",
    ])
  })

  it.each<[string, () => Promise<string>, RegExp]>([
    [
      "missing",
      async () => join(await temporaryFolder(), "no.json"),
      /a file that can be read: a file or folder is missing.*ENOENT/,
    ],
    ["a folder", temporaryFolder, /expected a file, got something else/],
    ["a pipe", pipe, /expected a file, got something else/],
    ["empty", () => fileOf(""), /expected JSON in UTF-8: Unexpected end of JSON input/],
    ["not JSON", () => fileOf("swords:\n  - katana\n"), /expected JSON in UTF-8: Unexpected token [^\n]*$/],
    ["not UTF-8", () => fileOf(new Uint8Array([0x22, 0xff, 0x22])), /expected JSON in UTF-8: .*not valid/],
    ["larger than allowed", large, /expected a file of at most 16 MB, got a larger one/],
  ])("is refused if it is %s", async (_, make, problem) => {
    expect(problemsOf(await make())).toEqual([expect.stringMatching(problem)])
  })
})

/** It would block whoever opens it. */
async function pipe(): Promise<string> {
  const path = join(await temporaryFolder(), "pipe")
  execFileSync("mkfifo", [path])
  return path
}

/** Takes no room on the disk. */
async function large(): Promise<string> {
  const path = await fileOf("")
  await truncate(path, 16 * 1024 * 1024 + 1)
  return path
}
