import { crc32 } from "node:zlib"
import { isCount, isRecord, parseJson } from "../lib/json.js"
import { COMMIT_BYTES_MAX, type Commit, type Genesis } from "./commit.js"

/**
 * A record is `<crc32 of the JSON, 8 hex digits> <JSON>` in UTF-8: people and any language can read it, and damage is
 * detected. The JSON is a commit, or `{"genesis": {…}}`.
 */
export type Decoded =
  | { readonly kind: "commit"; readonly commit: Commit }
  | { readonly kind: "genesis"; readonly genesis: Genesis }
  /** Not one of our records: garbage, foreign, damaged or a hole. It is void. */
  | { readonly kind: "dead"; readonly reason: string }

/** The format of records that this build writes, and the newest that it reads. */
export const FORMAT = 1

const PREFIX_LENGTH = 9

/** Throws when the commit is over COMMIT_BYTES_MAX: callers must keep their commits small. */
export function encodeCommit(commit: Commit): Uint8Array {
  const bytes = encode(commit)
  if (bytes.length > COMMIT_BYTES_MAX) {
    throw new RangeError(
      `commit ${commit.id}: expected at most ${COMMIT_BYTES_MAX} bytes, got ${bytes.length}`,
    )
  }
  return bytes
}

export function encodeGenesis(genesis: Genesis): Uint8Array {
  return encode({ genesis })
}

function encode(value: unknown): Uint8Array {
  const json = Buffer.from(JSON.stringify(value))
  return Buffer.concat([Buffer.from(`${hex(crc32(json))} `), json])
}

/** A hash of a whole record, whatever its verdict, for checkpoints (R10). With the append time it distinguishes logs. */
export function recordHash(bytes: Uint8Array): string {
  return hex(crc32(bytes))
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, "0")
}

/** Never throws: what is not one of our records is dead, with a reason. */
export function decode(bytes: Uint8Array): Decoded {
  if (bytes.length === 0) return dead("a hole: the log gave this offset to no record")
  if (bytes.length > COMMIT_BYTES_MAX) return dead(`expected at most ${COMMIT_BYTES_MAX} bytes`)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const prefix = buffer.toString("latin1", 0, PREFIX_LENGTH)
  if (!/^[0-9a-f]{8} $/.test(prefix)) return dead("expected a checksum of 8 hex digits and a space")
  const json = buffer.subarray(PREFIX_LENGTH)
  const checksum = hex(crc32(json))
  if (!prefix.startsWith(checksum)) return dead(`expected checksum ${prefix.trim()}, found ${checksum}`)
  return decodeJson(json.toString("utf8"))
}

function decodeJson(text: string): Decoded {
  const value = parseJson(text)
  if (value === undefined) return dead("expected JSON")
  if (!isRecord(value)) return dead("expected an object")
  if (value.genesis !== undefined) return decodeGenesis(value.genesis)
  const problem = problemOf(value)
  return problem === null ? { kind: "commit", commit: value as unknown as Commit } : dead(problem)
}

function decodeGenesis(value: unknown): Decoded {
  const whole =
    isRecord(value) &&
    isText(value.logId) &&
    isCount(value.realm) &&
    isCount(value.lagMax) &&
    value.lagMax > 0 &&
    isCount(value.format)
  return whole ? { kind: "genesis", genesis: value as unknown as Genesis } : dead("not a whole genesis")
}

/** What is wrong with an envelope, or null. `readEvent` checks the events: a newer type is not garbage. */
function problemOf(value: Record<string, unknown>): string | null {
  if (!isText(value.id)) return "id: expected a line of 1 to 160 characters"
  if (!isCount(value.seen)) return "seen: expected an offset"
  if (!isCount(value.at)) return "at: expected milliseconds since 1970"
  if (!isLinks(value.on)) return "on: expected aggregates with their links"
  if (!Array.isArray(value.commands) || !value.commands.every(isCommand)) {
    return "commands: expected a list of { id, digest, events }"
  }
  return null
}

function isLinks(value: unknown): boolean {
  if (!isRecord(value)) return false
  const entries = Object.entries(value)
  return (
    entries.length > 0 && entries.every(([name, link]) => isText(name) && (link === null || isText(link)))
  )
}

function isCommand(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.id) || !isText(value.digest)) return false
  return Array.isArray(value.events) && value.events.every(isEvent)
}

function isEvent(value: unknown): boolean {
  return isRecord(value) && isText(value.type) && isCount(value.v) && value.v > 0 && isRecord(value.data)
}

/** One line: the judge joins an aggregate and its link by a line break. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= 160 && !value.includes("\n")
}

function dead(reason: string): Decoded {
  return { kind: "dead", reason }
}
