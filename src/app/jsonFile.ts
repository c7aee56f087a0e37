import { closeSync, openSync, readSync, statSync } from "node:fs"
import { systemReason } from "../lib/systemError.js"

/** The largest file: far more than the largest catalogue, or all documents of a game, need. */
const FILE_BYTES_MAX = 16 * 1024 * 1024

/** How much of the parser's message is shown. */
const REASON_MAX = 200

type JsonFile = { readonly json: unknown } | { readonly problem: string }

/** A JSON file that a setting names, or what is wrong with it: "expected …". */
export function readJsonFile(path: string): JsonFile {
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

function parseJson(bytes: Buffer): JsonFile {
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
