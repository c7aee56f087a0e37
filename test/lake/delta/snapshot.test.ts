import { describe, expect, test } from "vitest"
import type { Action } from "../../../src/lake/delta/actions.js"
import { Snapshot } from "../../../src/lake/delta/snapshot.js"

function add(path: string, size = 1): Action {
  return { add: { path, partitionValues: { dt: "d" }, size, modificationTime: 0, dataChange: true } }
}

function remove(path: string): Action {
  return { remove: { path, deletionTimestamp: 0, dataChange: false } }
}

function snapshotOf(...commits: Action[][]): Snapshot {
  const snapshot = new Snapshot()
  for (const [version, actions] of commits.entries()) snapshot.apply(version, actions)
  return snapshot
}

function contents({ version, protocol, metaData, files, removed, txns }: Snapshot) {
  return { version, protocol, metaData, files: [...files], removed: [...removed], txns: [...txns] }
}

describe("a snapshot", () => {
  test("begins before the first version, and empty", () => {
    expect(contents(new Snapshot())).toEqual({
      ...{ version: -1, protocol: null, metaData: null },
      ...{ files: [], removed: [], txns: [] },
    })
  })

  test("holds the files that were added and not removed since, and separately the removed ones", () => {
    const snapshot = snapshotOf([add("a"), add("b")], [remove("a"), add("c")])

    expect([...snapshot.files.keys()]).toEqual(["b", "c"])
    expect([...snapshot.removed.keys()]).toEqual(["a"])
    expect(snapshot.version).toBe(1)
  })

  test("holds a file once that was added twice, as it was added last", () => {
    const snapshot = snapshotOf([add("a", 1)], [add("a", 2)])

    expect([...snapshot.files.values()].map(({ size }) => size)).toEqual([2])
  })

  test("holds a file again that was removed and added again", () => {
    const snapshot = snapshotOf([add("a")], [remove("a")], [add("a")])

    expect([...snapshot.files.keys()]).toEqual(["a"])
    expect(snapshot.removed.size).toBe(0)
  })

  test("forgets nothing by removing what it never knew", () => {
    const snapshot = snapshotOf([add("a")], [remove("b")])

    expect([...snapshot.files.keys()]).toEqual(["a"])
    expect([...snapshot.removed.keys()]).toEqual(["b"])
  })

  test("has the newest of protocol, metaData and each application's transaction", () => {
    const metaData = (id: string): Action => ({
      metaData: {
        ...{ id, schemaString: "{}", partitionColumns: [] },
        ...{ format: { provider: "parquet", options: {} }, configuration: {} },
      },
    })
    const snapshot = snapshotOf(
      [{ protocol: { minReaderVersion: 1, minWriterVersion: 1 } }, metaData("one")],
      [{ txn: { appId: "a", version: 1 } }, { txn: { appId: "b", version: 9 } }],
      [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, metaData("two")],
      [{ txn: { appId: "a", version: 2 } }],
    )

    expect(snapshot.protocol?.minWriterVersion).toBe(2)
    expect(snapshot.metaData?.id).toBe("two")
    expect([...snapshot.txns.values()].map(({ version }) => version)).toEqual([2, 9])
  })

  test("can be rebuilt from its actions", () => {
    const snapshot = snapshotOf(
      [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, add("a"), add("b")],
      [
        remove("a"),
        add("c"),
        { txn: { appId: "x", version: 3 } },
        { commitInfo: { timestamp: 0, operation: "" } },
      ],
    )
    const again = new Snapshot()

    again.apply(1, snapshot.actions())

    expect(contents(again)).toEqual(contents(snapshot))
  })
})
