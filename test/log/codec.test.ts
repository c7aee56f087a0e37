import { crc32 } from "node:zlib"
import { describe, expect, test } from "vitest"
import { decode, encodeCommit, encodeGenesis } from "../../src/log/codec.js"
import { COMMIT_BYTES_MAX, type Commit } from "../../src/log/commit.js"
import { record } from "./support/records.js"

const commit: Commit = {
  id: "c1",
  seen: 3,
  at: 5,
  on: { "player/alice": null, "guild/knights": "c0" },
  commands: [{ id: "alice/k", digest: "d", events: [{ type: "X", v: 1, data: {} }] }],
}
const command = commit.commands[0]

describe("a record", () => {
  test("is a checksum of 8 hex digits, a space and JSON", () => {
    const text = Buffer.from(encodeCommit(commit)).toString()
    const json = JSON.stringify(commit)

    expect(text).toBe(`${crc32(json).toString(16).padStart(8, "0")} ${json}`)
  })

  // Shows R1.
  test("may be up to 256 KB long", () => {
    const room = COMMIT_BYTES_MAX - encodeCommit({ ...commit, commands: padded(0) }).length

    const bytes = encodeCommit({ ...commit, commands: padded(room) })

    expect(bytes.length).toBe(COMMIT_BYTES_MAX)
    expect(decode(bytes).kind).toBe("commit")
    expect(() => encodeCommit({ ...commit, commands: padded(room + 1) })).toThrow(RangeError)
  })

  test("decodes from a slice of a larger buffer too", () => {
    const bytes = encodeCommit(commit)
    const larger = Buffer.concat([Buffer.from("before"), bytes, Buffer.from("after")])

    expect(decode(larger.subarray(6, 6 + bytes.length))).toEqual({ kind: "commit", commit })
  })

  test("keeps an aggregate whose name JavaScript reserves", () => {
    const on = JSON.parse('{ "__proto__": null, "constructor": "c0" }')

    const decoded = decode(encodeCommit({ ...commit, on }))

    expect(decoded.kind === "commit" && Object.keys(decoded.commit.on)).toEqual(["__proto__", "constructor"])
  })
})

describe("what is not one of our records is dead:", () => {
  test.each<[string, Uint8Array, string]>([
    ["a hole", new Uint8Array(), "hole"],
    ["text", Buffer.from("hello, this is no record"), "checksum"],
    ["zeros", Buffer.alloc(100), "checksum"],
    ["a checksum alone", Buffer.from("00000000 "), "JSON"],
    ["a checksum cut off", Buffer.from("0000"), "checksum"],
    ["foreign JSON without a checksum", Buffer.from('{"id":"c1"}'), "checksum"],
    ["another checksum", withChecksum("00000000", "{}"), "expected checksum 00000000"],
    ["a checksum in capitals", withChecksum(checksumOf("{}").toUpperCase(), "{}"), "checksum"],
    ["no JSON", record("{"), "JSON"],
    ["JSON with something behind it", record("{} {}"), "JSON"],
    ["null", record("null"), "object"],
    ["a list", record("[]"), "object"],
    ["nested a hundred thousand deep", record("[".repeat(100_000)), "JSON"],
    ["foreign JSON with a checksum", record({ hello: "world" }), "id"],
    ["two megabytes", record({ ...commit, more: "x".repeat(2_000_000) }), "262144"],
    ["a little over 256 KB", record({ ...commit, more: "x".repeat(COMMIT_BYTES_MAX) }), "262144"],
  ])("%s", (_, bytes, reason) => {
    expect(decode(bytes)).toEqual({ kind: "dead", reason: expect.stringContaining(reason) })
  })

  test.each<[string, unknown, string]>([
    ["no id", { id: undefined }, "id"],
    ["an empty id", { id: "" }, "id"],
    ["an id of 161 characters", { id: "x".repeat(161) }, "id"],
    ["a seen below 0", { seen: -1 }, "seen"],
    ["a seen that is no whole number", { seen: 1.5 }, "seen"],
    ["a seen beyond 2^53 - 1", { seen: 2 ** 53 }, "seen"],
    ["a seen of text", { seen: "3" }, "seen"],
    ["no at", { at: undefined }, "at"],
    ["on nothing", { on: {} }, "on"],
    ["on a list", { on: ["player/alice"] }, "on"],
    ["an aggregate without a name", { on: { "": null } }, "on"],
    ["an aggregate of two lines", { on: { "player/a\nb": null } }, "on"],
    ["a link that is a number", { on: { "player/alice": 1 } }, "on"],
    ["an empty link", { on: { "player/alice": "" } }, "on"],
    ["a link of two lines", { on: { "player/alice": "a\nb" } }, "on"],
    ["no commands", { commands: undefined }, "commands"],
    ["a command that is null", { commands: [null] }, "commands"],
    ["a command without a digest", { commands: [{ ...command, digest: undefined }] }, "commands"],
    ["events that are no list", { commands: [{ ...command, events: {} }] }, "commands"],
    ["an event without a type", { commands: [{ ...command, events: [{ v: 1, data: {} }] }] }, "commands"],
    ["a version 0", { commands: [{ ...command, events: [{ type: "X", v: 0, data: {} }] }] }, "commands"],
    [
      "data that is text",
      { commands: [{ ...command, events: [{ type: "X", v: 1, data: "" }] }] },
      "commands",
    ],
  ])("a commit with %s", (_, wrong, reason) => {
    const decoded = decode(record({ ...commit, ...(wrong as object) }))

    expect(decoded).toEqual({ kind: "dead", reason: expect.stringMatching(new RegExp(`^${reason}:`)) })
  })

  test.each<[string, unknown]>([
    ["null", null],
    ["no logId", { realm: 0, lagMax: 1, format: 1 }],
    ["a realm below 0", { logId: "x", realm: -1, lagMax: 1, format: 1 }],
    ["a lagMax of 0", { logId: "x", realm: 0, lagMax: 0, format: 1 }],
    ["no format", { logId: "x", realm: 0, lagMax: 1 }],
  ])("a genesis of %s", (_, genesis) => {
    expect(decode(record({ genesis }))).toEqual({ kind: "dead", reason: "not a whole genesis" })
  })
})

test("a genesis of a later format still decodes, so that the message can say what the log needs", () => {
  const genesis = { logId: "x", realm: 3, lagMax: 5, format: 99 }

  expect(decode(encodeGenesis(genesis))).toEqual({ kind: "genesis", genesis })
})

function padded(length: number): Commit["commands"] {
  return [{ id: "alice/k", digest: "d", events: [{ type: "X", v: 1, data: { text: "x".repeat(length) } }] }]
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, "0")
}

function withChecksum(checksum: string, json: string): Uint8Array {
  return Buffer.from(`${checksum} ${json}`)
}
