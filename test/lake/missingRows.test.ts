import { describe, expect, test } from "vitest"
import type { Action, Add } from "../../src/lake/delta/actions.js"
import { Snapshot } from "../../src/lake/delta/snapshot.js"
import { assertWhole, following, rowsTxn } from "../../src/lake/missingRows.js"
import { appIdOf, tagsOf } from "../../src/lake/realmTable.js"
import { LAND_WITHIN_MS, World } from "../lander/support/world.js"
import { Chain } from "../log/support/judging.js"
import { granted, registered } from "../support/events.js"

const alice = "player/alice"
const ofRealm = (realm: number) => ({ realm, logId: `log-${realm}` })

/** A table on which landers of several realms and other programs work, without any files. */
class Table {
  readonly snapshot = new Snapshot()
  #files = 0

  /** A lander's commit. */
  land(start: number, end: number, rows: number, realm = 0): string {
    const path = `${realm}-${start}-${end}`
    const tags = tagsOf({ realm, start, end, hash: "h", at: 0 })
    const add = following(fileOf(path, rows, tags), this.snapshot, ofRealm(realm))
    const files = rows === 0 ? [] : [{ add }]
    const counted = rowsTxn(this.snapshot, ofRealm(realm), rows, 0).map(txn => ({ txn }))
    this.apply(...files, ...counted, { txn: { appId: appIdOf(ofRealm(realm)), version: end } })
    return path
  }

  /** Rewrites files as one, without their tags. */
  optimize(paths: readonly string[], rows: number | null): void {
    this.#files += 1
    this.apply(...paths.map(removal), { add: fileOf(`theirs-${this.#files}`, rows) })
  }

  /** What a restore does: files go, every `txn` stays. */
  drop(...paths: string[]): void {
    this.apply(...paths.map(removal))
  }

  apply(...actions: Action[]): void {
    this.snapshot.apply(this.snapshot.version + 1, actions)
  }

  /** What is wrong with it for a realm, or null. */
  fault(realm = 0): unknown {
    try {
      assertWhole(this.snapshot, ofRealm(realm))
      return null
    } catch (error) {
      return error
    }
  }
}

function fileOf(path: string, rows: number | null, tags?: Add["tags"]): Add {
  const file = { path, partitionValues: { dt: "d" }, size: 1, modificationTime: 0, dataChange: true }
  const stats = rows === null ? {} : { stats: JSON.stringify({ numRecords: rows }) }
  return { ...file, ...stats, ...(tags === undefined ? {} : { tags }) }
}

function removal(path: string): Action {
  return { remove: { path, deletionTimestamp: 0, dataChange: true } }
}

function missing(rows: number, offsets: string) {
  return {
    code: "LAKE_CORRUPT",
    message: expect.stringMatching(new RegExp(`missing, ${rows} of .* offsets ${offsets}: `)),
  }
}

// Shows R36.
describe("rows that had landed are missed", () => {
  test("after a restore, by their offsets: at the end, in between, and all", () => {
    const table = new Table()
    const [first, second, third] = [table.land(0, 5, 4), table.land(5, 9, 7), table.land(9, 12, 3)]
    expect(table.fault()).toBeNull()

    table.drop(third)
    expect(table.fault()).toMatchObject(missing(3, "9 to 12"))
    table.drop(second)
    expect(table.fault()).toMatchObject(missing(10, "5 to 12"))
    table.drop(first)
    expect(table.fault()).toMatchObject(missing(14, "0 to 12"))
  })

  test("in the middle of others", () => {
    const table = new Table()
    const [, second] = [table.land(0, 5, 4), table.land(5, 9, 7), table.land(9, 12, 3)]

    table.drop(second)

    expect(table.fault()).toMatchObject(missing(7, "5 to 9"))
  })

  test("not where records had no rows: at the beginning, in between, at the end", () => {
    const table = new Table()
    table.land(0, 2, 0)
    table.land(2, 5, 3)
    table.land(5, 9, 0)
    const third = table.land(9, 12, 3)
    table.land(12, 15, 0)
    expect(table.fault()).toBeNull()

    table.drop(third)
    expect(table.fault()).toMatchObject(missing(3, "5 to 15"))
  })

  test("not after an optimize, but after a restore behind it", () => {
    const table = new Table()
    table.optimize([table.land(0, 5, 4), table.land(5, 9, 7)], 11)
    expect(table.fault()).toBeNull()
    const third = table.land(9, 12, 3)
    expect(table.fault()).toBeNull()

    table.drop(third)
    expect(table.fault()).toMatchObject(missing(3, "0 to 12"))
    table.drop("theirs-1")
    expect(table.fault()).toMatchObject(missing(14, "0 to 12"))
  })

  test("when another program deletes some rows of a file", () => {
    const table = new Table()
    table.optimize([table.land(0, 5, 4)], 3)

    expect(table.fault()).toMatchObject(missing(1, "0 to 5"))
  })

  test("not while another program's files do not state how many rows they have", () => {
    const table = new Table()
    table.optimize([table.land(0, 5, 4)], null)

    expect(table.fault()).toBeNull()
  })

  test("of the realm that lost them, unless files of others hold rows of all", () => {
    const table = new Table()
    table.land(0, 5, 4, 0)
    table.drop(table.land(0, 7, 6, 1))
    expect([table.fault(0), table.fault(1)]).toMatchObject([null, missing(6, "0 to 7")])

    const shared = new Table()
    shared.optimize([shared.land(0, 5, 4, 0), shared.land(0, 7, 6, 1)], 10)
    expect([shared.fault(0), shared.fault(1)]).toEqual([null, null])
    shared.drop("theirs-1")
    expect([shared.fault(0), shared.fault(1)]).toMatchObject([missing(4, "0 to 5"), missing(6, "0 to 7")])
  })

  test("no longer when the files are back", () => {
    const table = new Table()
    const path = table.land(0, 5, 4)
    const add = table.snapshot.files.get(path)
    table.drop(path)

    if (add !== undefined) table.apply({ add })

    expect(table.fault()).toBeNull()
  })

  test("in a table of an older build from the first commit of this one on", () => {
    const table = new Table()
    const old = { ...fileOf("old", 4, tagsOf({ realm: 0, start: 1, end: 5, hash: "h", at: 0 })) }
    table.apply({ add: old }, { txn: { appId: appIdOf(ofRealm(0)), version: 6 } })
    expect(table.fault()).toBeNull()
    const path = table.land(6, 9, 2)
    expect(table.fault()).toBeNull()

    table.drop(path)
    expect(table.fault()).toMatchObject(missing(2, "0 to 1, 5 to 9"))
    table.drop("old")
    expect(table.fault()).toMatchObject(missing(6, "0 to 9"))
  })

  test("even when an older build has landed in between", () => {
    const table = new Table()
    table.land(0, 5, 4)
    const theirs = fileOf("older", 3, tagsOf({ realm: 0, start: 5, end: 9, hash: "h", at: 0 }))
    table.apply({ add: theirs }, { txn: { appId: appIdOf(ofRealm(0)), version: 9 } })
    const path = table.land(9, 12, 2)
    expect(table.fault()).toBeNull()

    table.drop(path)

    expect(table.fault()).toMatchObject(missing(2, "9 to 12"))
  })
})

describe("a lander", () => {
  /** Two files have landed, and somebody restores the table as it was with the first. */
  async function restored() {
    const world = new World()
    const chain = new Chain().add([alice], [registered("alice")])
    const lander = world.lander("a")
    void lander.start()
    for (let n = 0; n < 2; n++) {
      world.append(chain)
      await world.clock.run(2 * LAND_WITHIN_MS)
      chain.add([alice], [granted("alice", 5)])
    }
    const [, second] = [...(world.last?.files.keys() ?? [])]
    world.commit(2, [{ commitInfo: { timestamp: 0, operation: "RESTORE" } }, removal(second ?? "")])
    return { world, chain, lander }
  }

  test("does not continue after a gap, and names it", async () => {
    const { world, chain, lander } = await restored()
    world.append(chain)

    await world.clock.run(2 * LAND_WITHIN_MS)

    expect(lander).toMatchObject({ state: "failed", fault: missing(1, "2 to 3") })
    expect(world.versions).toHaveLength(3)
    await world.done(lander.stop())
  })

  test("that starts with a gap does not begin", async () => {
    const { world, lander } = await restored()
    await world.done(lander.stop())

    const other = world.lander("b")
    await world.done(other.start())

    expect(other).toMatchObject({ state: "failed", fault: missing(1, "2 to 3") })
  })

  test("that stands by names the gap too", async () => {
    const world = new World()
    const chain = new Chain().add([alice], [registered("alice")])
    world.append(chain)
    const active = world.lander("a")
    void active.start()
    const standby = world.lander("b")
    void standby.start()
    await world.clock.run(LAND_WITHIN_MS)
    expect(standby.state).toBe("standby")

    world.commit(1, [removal([...(world.last?.files.keys() ?? [])][0] ?? "")])
    await world.clock.run(LAND_WITHIN_MS)

    expect(standby).toMatchObject({ state: "failed", fault: { code: "LAKE_CORRUPT" } })
    await world.done(Promise.all([active.stop(), standby.stop()]))
  })
})
