import { closeSync, openSync, readSync, statSync } from "node:fs"
import { builtInCatalogue, type Catalogue } from "../domain/catalogue.js"
import { parseCatalogue } from "../domain/catalogueFile.js"
import { systemReason } from "../lib/systemError.js"
import type { SettingReader } from "./settingReader.js"

/** The largest file: far more than the largest catalogue needs. */
const FILE_BYTES_MAX = 16 * 1024 * 1024

/** How much of the parser's message is shown. */
const REASON_MAX = 200

/** How many mistakes of a file are shown. */
const SHOWN_MAX = 20

/** Reads the setting, and the file that it names, once. A server that runs does not notice a change of it. */
export function catalogue(reader: SettingReader): Catalogue {
  const path = reader.text("CATALOGUE", "", "a JSON file of swords and monsters; empty: the built-in ones")
  if (path === "") return builtInCatalogue
  const file = readJson(path)
  if ("problem" in file) {
    reader.problems.push(`CATALOGUE: ${file.problem}`)
    return builtInCatalogue
  }
  const parsed = parseCatalogue(file.json)
  if (parsed.ok) return parsed.value
  const lines = parsed.problems.map(
    ({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`,
  )
  const more = lines.length - SHOWN_MAX
  const shown = more > 0 ? [...lines.slice(0, SHOWN_MAX), `and ${more} more`] : lines
  reader.problems.push(...shown.map(line => `CATALOGUE: ${line}`))
  return builtInCatalogue
}

function readJson(path: string): { readonly json: unknown } | { readonly problem: string } {
  try {
    const bytes = bytesOf(path)
    if (bytes === null) return { problem: "expected a file, got something else" }
    if (bytes.length > FILE_BYTES_MAX) {
      return { problem: `expected a file of at most ${FILE_BYTES_MAX / 1024 / 1024} MB, got a larger one` }
    }
    return parseJson(bytes)
  } catch (error) {
    return { problem: `expected a file that can be read: ${systemReason(error)}` }
  }
}

/**
 * At most one byte more than are allowed. Null for what is not a file: a folder, or a pipe, which would block
 * the start.
 */
function bytesOf(path: string): Buffer | null {
  const found = statSync(path)
  if (!found.isFile()) return null
  const file = openSync(path, "r")
  try {
    const bytes = Buffer.alloc(Math.min(found.size, FILE_BYTES_MAX) + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null)
    }
    return bytes.subarray(0, length)
  } finally {
    closeSync(file)
  }
}

function parseJson(bytes: Buffer): { readonly json: unknown } | { readonly problem: string } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return { json: JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // It may quote the file.
    const reason = error.message.replaceAll(/[^ -~]+/g, " ").slice(0, REASON_MAX)
    return { problem: `expected JSON in UTF-8: ${reason}` }
  }
}
