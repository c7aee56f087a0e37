import { createHash } from "node:crypto"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { loadConfig } from "../../src/app/config.js"
import { temporaryFolder } from "../support/folder.js"
import { problemsOf } from "./support/problems.js"

const text = "{ status { ready } }"
const hash = createHash("sha256").update(text).digest("hex")

async function fileOf(content: string): Promise<string> {
  const path = join(await temporaryFolder(), "documents.json")
  await writeFile(path, content)
  return path
}

describe("DOCUMENTS", () => {
  it("is none by default, and every document is accepted", () => {
    expect(loadConfig({}).trustedDocuments).toEqual({ texts: new Map(), only: false })
  })

  it.each(["on", "off"])("names a file; DOCUMENTS_ONLY=%s", async only => {
    const path = await fileOf(JSON.stringify({ [hash]: text }))

    expect(loadConfig({ DOCUMENTS: path, DOCUMENTS_ONLY: only }).trustedDocuments).toEqual({
      texts: new Map([[hash, text]]),
      only: only === "on",
    })
  })

  it.each([
    ["no JSON", "{", "DOCUMENTS: expected JSON in UTF-8"],
    ["a list", "[]", "DOCUMENTS: expected an object of documents by their SHA-256"],
    [
      "a hash of another text",
      `{"${hash}":"{ other }"}`,
      `DOCUMENTS: ${hash}: expected a text with this SHA-256`,
    ],
    ["no text", `{"${hash}":1}`, `DOCUMENTS: ${hash}: expected a text with this SHA-256`],
  ])("is refused with %s", async (_, content, problem) => {
    expect(problemsOf({ DOCUMENTS: await fileOf(content) })).toEqual([expect.stringContaining(problem)])
  })

  it("is needed for DOCUMENTS_ONLY, and must be there", async () => {
    expect(problemsOf({ DOCUMENTS_ONLY: "on" })).toEqual([
      "DOCUMENTS_ONLY: expected DOCUMENTS to name a file too",
    ])
    expect(problemsOf({ DOCUMENTS: join(await temporaryFolder(), "none.json") })).toEqual([
      expect.stringContaining("DOCUMENTS: expected a file that can be read"),
    ])
  })
})
