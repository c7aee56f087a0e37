import { isRecord } from "../lib/json.js"
import { NO_DOCUMENTS, sha256, type TrustedDocuments } from "../server/trustedDocuments.js"
import { readJsonFile } from "./jsonFile.js"
import type { SettingReader } from "./settingReader.js"

/** Reads both settings, and the file of documents, once. A server that runs does not notice a change of it. */
export function trustedDocuments(reader: SettingReader): TrustedDocuments {
  const path = documentsPath(reader)
  const only = reader.oneOf("DOCUMENTS_ONLY", "off", ["on", "off"], "whether no other document is accepted")
  if (path === "") {
    if (only === "on") reader.problems.push("DOCUMENTS_ONLY: expected DOCUMENTS to name a file too")
    return NO_DOCUMENTS
  }
  const read = readDocuments(path)
  if ("problem" in read) {
    reader.problems.push(`DOCUMENTS: ${read.problem}`)
    return NO_DOCUMENTS
  }
  return { texts: read.texts, only: only === "on" }
}

/** The setting alone: the file may not be there yet. */
export function documentsPath(reader: SettingReader): string {
  return reader.text(
    "DOCUMENTS",
    "",
    "a JSON file of registered documents: texts by their SHA-256; empty: none",
  )
}

type Documents = { readonly texts: ReadonlyMap<string, string> } | { readonly problem: string }

/** The documents of a file, or what is wrong with it: "expected …". */
export function readDocuments(path: string): Documents {
  const file = readJsonFile(path)
  return "problem" in file ? file : parseDocuments(file.json)
}

/** An object of texts by their SHA-256 in hex, as GraphQL Code Generator writes it too. */
function parseDocuments(json: unknown): Documents {
  if (!isRecord(json)) return { problem: "expected an object of documents by their SHA-256" }
  const texts = new Map<string, string>()
  for (const [hash, text] of Object.entries(json)) {
    if (typeof text !== "string" || sha256(text) !== hash) {
      return { problem: `${hash.slice(0, 64)}: expected a text with this SHA-256` }
    }
    texts.set(hash, text)
  }
  return { texts }
}
