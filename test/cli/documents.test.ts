import { createHash } from "node:crypto"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import { loadConfig } from "../../src/app/config.js"
import { temporaryFolder } from "../support/folder.js"
import { runCli } from "./support/runCli.js"

const STATUS = "query Status { status { ready } }\n"
const SWORDS = "{ swords { type price } }"

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex")
}

describe("guildhall documents add", () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    file = join(await temporaryFolder(), "documents.json")
    await mkdir(join(folder, "shop"))
    await writeFile(join(folder, "shop", "status.graphql"), STATUS)
    await writeFile(join(folder, "persisted-documents.json"), JSON.stringify({ [hashOf(SWORDS)]: SWORDS }))
    await writeFile(join(folder, "notes.txt"), "no document")
  })

  it("registers each file of GraphQL and a manifest's documents; again changes nothing", async () => {
    const first = await runCli(["documents", "add", folder, "--to", file])
    const content = await readFile(file, "utf8")
    const second = await runCli(["documents", "add", folder, "--to", file])

    expect(first).toMatchObject({ code: 0 })
    expect(first.lines.join("")).toContain("2 documents added, 2 in all")
    expect(second.lines.join("")).toContain("0 documents added, 2 in all")
    expect(await readFile(file, "utf8")).toBe(content)
    expect(loadConfig({ DOCUMENTS: file, DOCUMENTS_ONLY: "on" }).trustedDocuments.texts).toEqual(
      new Map([STATUS, SWORDS].map(text => [hashOf(text), text])),
    )
  })

  it("registers nothing if one is not valid for this schema, and says which", async () => {
    await writeFile(join(folder, "wrong.gql"), "{ gold }")

    const { code, notes } = await runCli(["documents", "add", folder, "--to", file])

    expect(code).toBe(1)
    expect(notes).toContain(`${join(folder, "wrong.gql")}: Cannot query field "gold" on type "Query".`)
    await expect(readFile(file)).rejects.toThrow("ENOENT")
  })

  it.each([
    ["a file that is none of documents", "{", "expected JSON in UTF-8"],
    ["a file with a wrong hash", '{"ab":"{ a }"}', "ab: expected a text with this SHA-256"],
  ])("adds to no other file: %s", async (_, content, problem) => {
    await writeFile(file, content)

    const { code, notes } = await runCli(["documents", "add", folder, "--to", file])

    expect(code).toBe(1)
    expect(notes).toContain(`${file}: ${problem}`)
    expect(await readFile(file, "utf8")).toBe(content)
  })

  it("wants a folder with documents, and a file to add them to", async () => {
    const empty = await runCli(["documents", "add", await temporaryFolder(), "--to", file])
    const absent = await runCli(["documents", "add", join(folder, "none"), "--to", file])
    const nowhere = await runCli(["documents", "add", folder])

    expect(empty.notes).toContain("expected files *.graphql, *.gql or persisted-documents.json, found none")
    expect(absent.notes).toContain("no such file or directory")
    expect(nowhere.notes).toContain("set DOCUMENTS, or use --to FILE")
    expect([empty, absent, nowhere].map(({ code }) => code)).toEqual([1, 1, 1])
  })
})
