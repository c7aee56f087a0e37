import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decode, encodeCommit, encodeGenesis } from "../../src/log/codec.js"
import type { Commit, Genesis } from "../../src/log/commit.js"
import { placedCommands } from "../../src/log/effect.js"
import { foldDocument, NO_DOCUMENT } from "../../src/projections/document.js"
import { encodeKeyEntry } from "../../src/projections/keyEntry.js"
import { runs } from "../support/runs.js"
import { goldenCommits } from "./support/golden.js"
import { mutated, withDeep } from "./support/mutated.js"
import { judgedFrom, RecordedLog, recordsOf } from "./support/recordedLog.js"
import { record } from "./support/records.js"

const line = fc.string({ minLength: 1, maxLength: 160 }).filter(text => !text.includes("\n"))
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const data = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
const event = fc.record({ type: line, v: fc.integer({ min: 1, max: 9 }), data }).map(plain)
const command = fc.record({ id: line, digest: line, events: fc.array(event, { maxLength: 3 }) }).map(plain)
const commits: fc.Arbitrary<Commit> = fc
  .record({
    id: line,
    seen: count,
    at: count,
    on: fc.dictionary(line, fc.option(line), { minKeys: 1 }),
    commands: fc.array(command, { maxLength: 3 }),
  })
  .map(plain)
const geneses: fc.Arbitrary<Genesis> = fc
  .record({ logId: line, realm: count, lagMax: fc.integer({ min: 1 }), format: count })
  .map(plain)

const golden = goldenCommits.flatMap(({ twin }) =>
  twin.decoded.kind === "commit" ? [twin.decoded.commit] : [],
)

/** A commit with something wrong anywhere, or in one of its events. */
const wrongJson = fc.constantFrom(...golden).chain(commit => {
  const event = commit.commands[0]?.events[0]
  const wrongEvent = mutated(event).map(text => {
    return JSON.stringify({ ...commit, seen: 0 }).replace(JSON.stringify(event), () => text)
  })
  return fc.oneof(mutated({ ...commit, seen: 0 }), wrongEvent)
})

describe("all commits and geneses", () => {
  test("decode to what was encoded", () => {
    fc.assert(
      fc.property(commits, geneses, (commit, genesis) => {
        expect(decode(encodeCommit(commit))).toEqual({ kind: "commit", commit })
        expect(decode(encodeGenesis(genesis))).toEqual({ kind: "genesis", genesis })
      }),
      runs(200),
    )
  })

  test("are dead with one bit flipped anywhere, or with their end cut off", () => {
    const records = fc.oneof(
      commits.map(encodeCommit),
      fc.constantFrom(...goldenCommits.map(({ bytes }) => bytes)),
    )
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(7), (bytes, place, bit) => {
        const damaged = Uint8Array.from(bytes)
        const at = place % bytes.length
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)

        expect(decode(damaged).kind).toBe("dead")
        expect(decode(bytes.subarray(0, at)).kind).toBe("dead")
      }),
      runs(2000),
    )
  })
})

describe("no bytes make the log's readers throw:", () => {
  test("any bytes are dead, with a reason", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), bytes => {
        expect(decode(bytes)).toEqual({ kind: "dead", reason: expect.stringMatching(/./) })
      }),
      runs(1000),
    )
  })

  test("records with a valid checksum around wrong JSON are read, judged and folded", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wrongJson, { minLength: 1, maxLength: 5 }), async texts => {
        const log = new RecordedLog(
          recordsOf(
            10,
            texts.map(text => record(withDeep(text))),
          ),
        )

        const judged = await judgedFrom(log, 10, 0)

        expect(judged.length).toBe(texts.length + 1)
        for (const one of judged) {
          for (const aggregate of one.linked) JSON.stringify(foldDocument(aggregate, NO_DOCUMENT, one))
          for (const command of placedCommands(one)) encodeKeyEntry(command)
        }
      }),
      runs(1000),
    )
  })
})

/** Without the null prototypes of fast-check's records, which JSON does not keep. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
