import { describe, expect, test } from "vitest"
import type { Action } from "../../../src/lake/delta/actions.js"
import { checkpointPath, commitPath } from "../../lander/support/deltaLog.js"
import { noReply, publishing } from "../../lander/support/publishing.js"
import { World } from "../../lander/support/world.js"
import { faultOf } from "../../support/fault.js"

const KNOWN: Action = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } }

function add(path: string): Action {
  return { add: { path, partitionValues: { dt: "d" }, size: 1, modificationTime: 0, dataChange: true } }
}

/** A table with a given number of commits, each of which adds a file. */
function worldWith(commits: number): World {
  const world = new World()
  for (let version = 0; version < commits; version++) {
    world.commit(version, version === 0 ? [KNOWN, add("0")] : [add(`${version}`)])
  }
  return world
}

describe("a table is read", () => {
  test("as empty when it does not exist", async () => {
    const world = new World()
    const table = world.table()

    expect(await world.done(table.refresh())).toEqual([])
    expect(table.snapshot.version).toBe(-1)
  })

  test("whole at first, then from there on; each refresh returns what it read", async () => {
    const world = worldWith(2)
    const table = world.table()

    const first = await world.done(table.refresh())
    world.commit(2, [add("2")])
    const second = await world.done(table.refresh())

    expect(first.map(({ version }) => version)).toEqual([0, 1])
    expect(second).toEqual([{ version: 2, actions: [add("2")] }])
    expect(await world.done(table.refresh())).toEqual([])
    expect([...table.snapshot.files.keys()]).toEqual(["0", "1", "2"])
  })

  test("without losing what was read before a read failed: the next refresh returns it", async () => {
    const world = worldWith(1)
    let left = Number.POSITIVE_INFINITY
    const table = world.table("a", lake => ({
      ...publishing((path, bytes, put) => put(path, bytes))(lake),
      read: path => (left-- > 0 ? lake.read(path) : Promise.reject(noReply())),
    }))
    await world.done(table.refresh())
    world.commit(1, [add("1")])
    world.commit(2, [add("2")])
    left = 1
    await world.done(faultOf(table.refresh()))
    left = Number.POSITIVE_INFINITY

    const read = await world.done(table.refresh())

    expect(read.map(({ version }) => version)).toEqual([1, 2])
    expect(await world.done(table.refresh())).toEqual([])
  })

  test("with commits of others, whatever else they contain", async () => {
    const world = worldWith(1)
    world.commit(1, [{ commitInfo: { timestamp: 0, operation: "OPTIMIZE" } }, { cdc: {} } as Action])
    const table = world.table()

    await world.done(table.refresh())

    expect(table.snapshot.version).toBe(1)
  })

  test("from its newest checkpoint on: the commits below may be gone", async () => {
    const world = worldWith(41)
    const writer = world.table("writer")
    await world.done(writer.refresh())
    await world.done(writer.writeCheckpoint())
    for (let version = 0; version <= 40; version++) world.lake.folders.delete(commitPath(version))
    world.commit(41, [add("41")])
    const table = world.table()

    const read = await world.done(table.refresh())

    expect(read.map(({ version }) => version)).toEqual([41])
    expect(table.snapshot.version).toBe(41)
    expect(table.snapshot.files.size).toBe(42)
    expect(table.snapshot.protocol).toEqual(KNOWN.protocol)
  })

  test("from there also when `_last_checkpoint` is gone, is garbage, or was set back", async () => {
    const world = worldWith(41)
    const writer = world.table("writer")
    await world.done(writer.refresh())
    await world.done(writer.writeCheckpoint())
    for (let version = 0; version <= 40; version++) world.lake.folders.delete(commitPath(version))

    for (const pointer of ['{"version":20,"size":1}', "garbage", '{"version":-1}']) {
      world.plant("events/_delta_log/_last_checkpoint", pointer)
      const table = world.table()
      await world.done(table.refresh())
      expect(table.snapshot.files.size).toBe(41)
    }
  })
})

describe("a table whose log others cleaned up, long after it was read here,", () => {
  /** The commits up to the checkpoint are gone; one more came, which also took a file out. */
  async function cleanedUp(world: World): Promise<void> {
    const writer = world.table("writer")
    await world.done(writer.refresh())
    for (let version = 3; version <= 40; version++) await world.done(writer.publish([add(`${version}`)]))
    await world.done(writer.publish([{ remove: { path: "0", deletionTimestamp: 0, dataChange: false } }]))
    // The removed file is forgotten too: a reader that continued from here would keep it.
    writer.snapshot.removed.clear()
    await world.done(writer.writeCheckpoint())
    for (let version = 0; version <= 41; version++) world.lake.folders.delete(commitPath(version))
    world.commit(42, [add("42")])
  }

  test("is read from its newest checkpoint, and holds nothing that was removed in the meantime", async () => {
    const world = worldWith(3)
    const table = world.table()
    await world.done(table.refresh())
    await cleanedUp(world)

    const read = await world.done(table.refresh())

    expect(read.map(({ version }) => version)).toEqual([42])
    expect(table.snapshot.version).toBe(42)
    const added = [...Array.from({ length: 40 }, (_, n) => `${n + 1}`), "42"]
    expect([...table.snapshot.files.keys()]).toEqual(added)
    expect(await world.done(table.refresh())).toEqual([])
  })

  test("takes no commit in the past, where nobody would see it", async () => {
    const world = worldWith(3)
    const table = world.table()
    await world.done(table.refresh())
    await cleanedUp(world)

    expect(await world.done(table.publish([add("mine")]))).toBe(false)
    expect(table.snapshot.files.has("mine")).toBe(false)

    expect((await world.done(table.refresh())).map(({ version }) => version)).toEqual([42])
    expect(await world.done(table.publish([add("mine")]))).toBe(true)
    expect(world.lake.folders.read(commitPath(43))).not.toBeNull()
  })

  test("is LAKE_CORRUPT when no checkpoint covers the missing commits", async () => {
    const world = worldWith(3)
    const table = world.table()
    await world.done(table.refresh())
    world.commit(5, [add("5")])
    world.lake.folders.delete(commitPath(2))

    for (let i = 0; i < 2; i++) {
      const fault = await world.done(faultOf(table.refresh()))
      expect(fault).toMatchObject({ code: "LAKE_CORRUPT", message: expect.stringContaining(commitPath(3)) })
    }
  })
})

describe("a checkpoint", () => {
  test("is due at every 20th version, and not at the first", async () => {
    const world = worldWith(1)
    const table = world.table()
    await world.done(table.refresh())
    const due = [table.checkpointDue]
    for (let version = 1; version <= 40; version++) {
      await world.done(table.publish([add(`${version}`)]))
      due.push(table.checkpointDue)
    }

    expect(due.flatMap((isDue, version) => (isDue ? [version] : []))).toEqual([20, 40])
  })

  test("is pointed to once it exists", async () => {
    const world = worldWith(3)
    const table = world.table()
    await world.done(table.refresh())

    await world.done(table.writeCheckpoint())

    expect(world.lake.folders.read(checkpointPath(2))).not.toBeNull()
    const pointer = world.lake.folders.read("events/_delta_log/_last_checkpoint")
    expect(JSON.parse(Buffer.from(pointer ?? []).toString())).toEqual({ version: 2, size: 4 })
  })
})

describe("a commit", () => {
  test("is published as the next version, and is in the snapshot", async () => {
    const world = worldWith(1)
    const table = world.table()
    await world.done(table.refresh())

    expect(await world.done(table.publish([add("mine")]))).toBe(true)

    expect(world.last?.actions).toEqual([add("mine")])
    expect(table.snapshot).toMatchObject({ version: 1 })
    expect(table.snapshot.files.has("mine")).toBe(true)
    expect(await world.done(table.refresh())).toEqual([])
  })

  test("is not published over another's, which the next refresh reads", async () => {
    const world = worldWith(1)
    const table = world.table()
    await world.done(table.refresh())
    world.commit(1, [add("theirs")])

    expect(await world.done(table.publish([add("mine")]))).toBe(false)

    expect(table.snapshot.files.has("mine")).toBe(false)
    expect(await world.done(table.refresh())).toEqual([{ version: 1, actions: [add("theirs")] }])
  })
})

describe("a table that this build does not know is refused, every time", () => {
  test.each([
    { minReaderVersion: 2, minWriterVersion: 2 },
    { minReaderVersion: 1, minWriterVersion: 7 },
  ])("NEEDS_NEWER_BUILD for %j", async protocol => {
    const world = worldWith(2)
    world.commit(2, [{ protocol }, add("2")])
    const table = world.table()

    for (let i = 0; i < 2; i++) {
      expect(await world.done(faultOf(table.refresh()))).toMatchObject({
        code: "NEEDS_NEWER_BUILD",
        message: expect.stringContaining(`writer ${protocol.minWriterVersion}`),
      })
    }
    expect(table.snapshot.version).toBe(1)
  })

  test("also behind a checkpoint", async () => {
    const world = worldWith(2)
    const future = { protocol: { minReaderVersion: 3, minWriterVersion: 7 } }
    world.plant(checkpointPath(1), JSON.stringify([future, add("0")]))
    const table = world.table()

    for (let i = 0; i < 2; i++) {
      expect((await world.done(faultOf(table.refresh()))).code).toBe("NEEDS_NEWER_BUILD")
    }
  })
})

describe("damage is LAKE_CORRUPT, naming the file, every time:", () => {
  const corrupt = async (world: World, path: string) => {
    const table = world.table()
    for (let i = 0; i < 2; i++) {
      const fault = await world.done(faultOf(table.refresh()))
      expect(fault).toMatchObject({ code: "LAKE_CORRUPT", message: expect.stringContaining(path) })
    }
  }

  test("a commit that is not JSON", async () => {
    const world = worldWith(3)
    world.plant(commitPath(1), '{"add":{"pa')

    await corrupt(world, commitPath(1))
  })

  test("a commit whose action is not what it should be", async () => {
    const world = worldWith(3)
    world.plant(commitPath(1), '{"txn":{"appId":"guildhall/0/log-1","version":"7"}}')

    await corrupt(world, commitPath(1))
  })

  test("a checkpoint that cannot be read", async () => {
    const world = worldWith(3)
    world.plant(checkpointPath(1), "PAR1")

    await corrupt(world, checkpointPath(1))
  })

  test("a commit that is missing: the log would seem to end before it, and be landed again", async () => {
    const world = worldWith(4)
    world.lake.folders.delete(commitPath(2))

    await corrupt(world, commitPath(2))
  })

  test("the first commit that is missing", async () => {
    const world = worldWith(3)
    world.lake.folders.delete(commitPath(0))

    await corrupt(world, commitPath(0))
  })

  test("a commit that is missing behind the checkpoint", async () => {
    const world = worldWith(3)
    const writer = world.table("writer")
    await world.done(writer.refresh())
    await world.done(writer.writeCheckpoint())
    world.commit(4, [add("4")])

    await corrupt(world, commitPath(3))
  })
})

test("a lake that is away is HISTORY_UNAVAILABLE, and the table is read when it is back", async () => {
  const world = worldWith(2)
  const table = world.table("a")
  world.lake.cut("a")
  expect((await world.done(faultOf(table.refresh()))).code).toBe("HISTORY_UNAVAILABLE")

  world.lake.heal("a")

  expect(await world.done(table.refresh())).toHaveLength(2)
})
