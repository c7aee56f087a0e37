import { describe, expect, test } from "vitest"
import type { Action } from "../../src/lake/delta/actions.js"
import { Snapshot } from "../../src/lake/delta/snapshot.js"
import { filesOf, landedOf, lastMark, provenanceOf, tagsOf } from "../../src/lake/realmTable.js"

const ours = { logId: "log-1", realm: 0, lagMax: 100, format: 1 }

function snapshotOf(...actions: Action[]): Snapshot {
  const snapshot = new Snapshot()
  snapshot.apply(0, actions)
  return snapshot
}

function txn(appId: string, version: number): Action {
  return { txn: { appId, version } }
}

function add(path: string, tags?: Record<string, string>): Action {
  const file = { path, partitionValues: { dt: "2024-01-01" }, size: 1, modificationTime: 0, dataChange: true }
  return { add: tags === undefined ? file : { ...file, tags } }
}

function made(start: number, end: number, realm = 0) {
  return tagsOf({ realm, start, end, hash: `h${end}`, at: end * 10 })
}

describe("a realm has landed", () => {
  test("up to the version of its transaction", () => {
    expect(landedOf(snapshotOf(txn("guildhall/0/log-1", 42)), ours)).toBe(42)
  })

  test("nothing in a table that does not know it", () => {
    expect(landedOf(new Snapshot(), ours)).toBe(0)
    expect(landedOf(snapshotOf(txn("somebody", 7), txn("guildhall/1/log-2", 9)), ours)).toBe(0)
    expect(landedOf(snapshotOf(txn("guildhall/00/log-2", 9), txn("guildhall/", 3)), ours)).toBe(0)
  })

  test("not at all, when the table holds it of another log: LAKE_OF_ANOTHER_LOG", () => {
    const another = snapshotOf(txn("guildhall/0/log-2", 9))
    const both = snapshotOf(txn("guildhall/0/log-1", 9), txn("guildhall/0/log-2", 9))

    for (const snapshot of [another, both]) {
      expect(() => landedOf(snapshot, ours)).toThrow(
        expect.objectContaining({ code: "LAKE_OF_ANOTHER_LOG", message: expect.stringContaining("log-2") }),
      )
    }
  })
})

describe("where a file's rows come from", () => {
  test("is read from the tags that were written", () => {
    const from = { realm: 3, start: 10, end: 20, hash: "cafe", at: 1234 }

    expect(provenanceOf({ tags: tagsOf(from) } as never)).toEqual(from)
  })

  test.each([
    ["no tags", undefined],
    ["null, as some writers have it", null],
    ["other tags", { zone: "a" }],
    ["half of ours", { realm: "0", start: "1", end: "2", at: "3" }],
    ["no number", { ...made(1, 2), end: "soon" }],
  ])("is unknown for a file with %s", (_, tags) => {
    expect(provenanceOf({ tags } as never)).toBeNull()
  })
})

test("the files of a realm are those tagged with it", () => {
  const snapshot = snapshotOf(add("a", made(0, 5)), add("b", made(0, 5, 1)), add("foreign"))

  expect(filesOf(snapshot, 0).map(file => file.add.path)).toEqual(["a"])
})

describe("the mark to check against the log", () => {
  test("is that of the file that ends last", () => {
    const snapshot = snapshotOf(add("b", made(5, 9)), add("a", made(0, 5)), add("c", made(50, 90, 1)))

    expect(lastMark(snapshot, ours)).toEqual({ logId: "log-1", offset: 9, hash: "h9", at: 90 })
  })

  test("is null when there is no file", () => {
    expect(lastMark(snapshotOf(txn("guildhall/0/log-1", 42)), ours)).toBeNull()
  })
})
