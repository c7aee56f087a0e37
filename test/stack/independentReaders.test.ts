import { rm, stat } from "node:fs/promises"
import { describe, expect, it } from "vitest"
import { audit } from "../../src/audit/audit.js"
import { LandedReader } from "../../src/history/landed.js"
import { dayOf, PARTITION_COLUMN, tableColumns } from "../../src/lake/columns.js"
import { appIdOf } from "../../src/lake/realmTable.js"
import { namedValues, rowsOf } from "../../src/lake/rows.js"
import { readJudged } from "../../src/log/judged.js"
import type { Column } from "../../src/ports/parquet.js"
import { LakeFolder } from "../audit/support/lake.js"
import { KEY_RETENTION, projected, storeOf } from "../audit/support/views.js"
import { genesis, smallWorld, type World } from "../audit/support/world.js"
import { faultOf } from "../support/fault.js"
import { readTable, runReader } from "./support/python.js"

const APP_ID = appIdOf(genesis)
const COLUMNS = [...tableColumns().map(({ name }) => name), PARTITION_COLUMN]

/** What the small world comes to. */
const SUMS = { rows: 11, start: 3000, granted: 500, spent: 285 }

/** Every event as the row that any reader must give. */
async function rowsOfLog({ log, head }: World): Promise<object[]> {
  const rows: object[] = []
  const empty = Object.fromEntries(COLUMNS.map(name => [name, null]))
  for await (const { records } of readJudged(log, genesis, 0, new AbortController().signal)) {
    for (const record of records) {
      const dt = dayOf(record.at)
      rows.push(...rowsOf(genesis.realm, record).map(row => ({ ...empty, ...namedValues(row), dt })))
    }
    if ((records.at(-1)?.offset ?? 0) === head - 1) break
  }
  return rows
}

async function auditOf(world: World, { parts }: LakeFolder) {
  const store = storeOf(await projected(world.log, world.head))
  return audit({ log: world.log, genesis, store, lake: parts, keyRetention: KEY_RETENTION })
}

/** The small world with texts that readers get wrong, and landed in four commits. */
async function smallLake(): Promise<{ world: World; lake: LakeFolder }> {
  const world = smallWorld()
  const lake = await LakeFolder.make()
  await lake.land(world.log, genesis, [3, 6, 9, 12])
  return { world, lake }
}

describe("Python's deltalake, and DuckDB over the files that it names,", () => {
  it("read every event's row, the sums, the history, and how far the log has landed", async () => {
    const { world, lake } = await smallLake()
    world.does("grantGold", { playerId: "bob", amount: 1_000_000_000, reason: '🗡️ it\'s; -- "剣" \\' })
    await lake.land(world.log, genesis, [13])

    const read = await readTable(lake.folder, APP_ID)

    expect(read).toMatchObject({ version: 4, transaction: 13, files: 5, columns: COLUMNS })
    expect(read.history).toEqual(
      [4, 3, 2, 1, 0].map(version => ({ version, operation: "WRITE", by: "guildhall" })),
    )
    expect(read.deltalake.rows).toEqual(await rowsOfLog(world))
    expect(read.deltalake.dear).toEqual(["alice", "alice"])
    expect(read.deltalake.sums).toEqual({ ...SUMS, rows: 12, granted: 1_000_000_500 })
    expect(read.duckdb.sums).toEqual(read.deltalake.sums)
  })

  it("read on from a checkpoint, when the commits before it are gone", async () => {
    const world = smallWorld()
    for (let n = 0; n < 60; n++) world.does("grantGold", { playerId: "carol", amount: 1, reason: "a coin" })
    const lake = await LakeFolder.make()
    await lake.land(
      world.log,
      genesis,
      Array.from({ length: 24 }, (_, n) => 3 * (n + 1)),
    )
    await stat(lake.commitPath(20).replace(".json", ".checkpoint.parquet"))
    for (let version = 0; version < 20; version++) await rm(lake.commitPath(version))

    const read = await readTable(lake.folder, APP_ID)

    expect(read).toMatchObject({ version: 23, transaction: 72, columns: COLUMNS })
    expect(read.deltalake.rows).toEqual(await rowsOfLog(world))
    expect(read.duckdb.sums).toEqual({ ...SUMS, rows: 71, granted: 560 })
    expect(await auditOf(world, lake)).toMatchObject({ ok: true, lake: { rows: 71 } })
  })

  it("read a table to which a column was added in between", async () => {
    const world = smallWorld()
    const lake = await LakeFolder.make()
    const old = tableColumns().filter(({ name }) => name !== "sword_type")
    await lake.land(world.log, genesis, [6], old)
    expect((await readTable(lake.folder, APP_ID)).columns).toEqual([...namesOf(old), PARTITION_COLUMN])

    await lake.land(world.log, genesis, [12])

    const read = await readTable(lake.folder, APP_ID)
    expect(new Set(read.columns)).toEqual(new Set(COLUMNS))
    expect(read.deltalake.rows).toEqual(await rowsOfLog(world))
    expect(read.duckdb.sums).toEqual(SUMS)
    expect(await auditOf(world, lake)).toMatchObject({ ok: true })
  })
})

describe("a lander goes on after Python's deltalake", () => {
  it("has rewritten the small files", async () => {
    const { world, lake } = await smallLake()
    expect(await runReader(["optimize", lake.folder])).toEqual({ removed: 4, added: 1 })
    world.does("grantGold", { playerId: "bob", amount: 7, reason: "luck" })

    await lake.land(world.log, genesis, [13])

    const read = await readTable(lake.folder, APP_ID)
    expect(read).toMatchObject({ version: 5, transaction: 13, files: 2 })
    expect(read.history.map(({ operation }) => operation)).toContain("OPTIMIZE")
    expect(read.deltalake.rows).toEqual(await rowsOfLog(world))
    expect(await auditOf(world, lake)).toMatchObject({ ok: true, lake: { rows: 12, files: 2 } })
  })

  it("has written a checkpoint", async () => {
    const { world, lake } = await smallLake()
    expect(await runReader(["checkpoint", lake.folder])).toEqual({ version: 3 })
    world.does("grantGold", { playerId: "bob", amount: 7, reason: "luck" })

    await lake.land(world.log, genesis, [13])

    const read = await readTable(lake.folder, APP_ID)
    expect(read).toMatchObject({ version: 4, transaction: 13, files: 5 })
    expect(read.deltalake.rows).toEqual(await rowsOfLog(world))
    expect(await auditOf(world, lake)).toMatchObject({ ok: true, lake: { rows: 12 } })
  })

  it("has appended a row, which the audit names with its file", async () => {
    const { world, lake } = await smallLake()
    expect(await runReader(["append", lake.folder])).toEqual({ version: 4 })
    world.does("grantGold", { playerId: "bob", amount: 7, reason: "luck" })

    await lake.land(world.log, genesis, [13])

    expect(await readTable(lake.folder, APP_ID)).toMatchObject({ version: 5, transaction: 13, files: 6 })
    const { ok, findings } = await auditOf(world, lake)
    expect(ok).toBe(false)
    const found = expect.stringMatching(
      /^2 times, in .*\/0-10-12-.*\.parquet and dt=1970-01-01\/part-.*\.parquet$/,
    )
    expect(findings.shown).toMatchObject([
      { kind: "lake-row", subject: "row 11-0", field: "", expected: "once", found },
      { kind: "lake-sum", field: "rows", expected: 12, found: 13 },
      { kind: "lake-sum", field: "spent", expected: "285", found: "310" },
    ])
  })
})

describe("rows that Python's deltalake took away by a restore", () => {
  /** The records from offset 10 on are missing, and there is one more to land. */
  async function restoredLake() {
    const { world, lake } = await smallLake()
    world.does("grantGold", { playerId: "bob", amount: 7, reason: "luck" })
    expect(await runReader(["restore", lake.folder, "2"])).toEqual({ version: 4 })
    return { world, lake }
  }
  const gap = {
    code: "LAKE_CORRUPT",
    message: expect.stringMatching(/rows of realm 0 .* missing, 2 of 11; .* the offsets 10 to 12: /),
  }

  it("are missed by the lander, which lands nothing behind the gap, and by every report", async () => {
    const { world, lake } = await restoredLake()

    expect(await faultOf(lake.land(world.log, genesis, [13]))).toMatchObject(gap)
    expect(await readTable(lake.folder, APP_ID)).toMatchObject({ version: 4, transaction: 12 })
    expect(await faultOf(new LandedReader({ ...lake.parts, genesis }).read())).toMatchObject(gap)
    expect((await auditOf(world, lake)).findings.shown).toMatchObject([
      ...[10, 11].map(offset => ({ kind: "lake-row", subject: `row ${offset}-0`, found: null })),
      { kind: "lake-sum", field: "rows", expected: 11, found: 9 },
      { kind: "lake-sum", field: "spent" },
    ])
  })

  it("are back by another restore: landing goes on", async () => {
    const { world, lake } = await restoredLake()
    expect(await runReader(["restore", lake.folder, "3"])).toEqual({ version: 5 })

    await lake.land(world.log, genesis, [13])

    expect(await readTable(lake.folder, APP_ID)).toMatchObject({ version: 6, transaction: 13 })
    expect(await auditOf(world, lake)).toMatchObject({ ok: true, lake: { rows: 12 } })
  })

  it("are missed also behind an optimize, which drops the tags", async () => {
    const { world, lake } = await smallLake()
    await runReader(["optimize", lake.folder])
    world.does("grantGold", { playerId: "bob", amount: 7, reason: "luck" })
    await lake.land(world.log, genesis, [13])

    expect(await runReader(["restore", lake.folder, "4"])).toEqual({ version: 6 })

    expect(await faultOf(lake.land(world.log, genesis, [13]))).toMatchObject({
      code: "LAKE_CORRUPT",
      message: expect.stringContaining("missing, 1 of 12;"),
    })
  })
})

function namesOf(columns: readonly Column[]): string[] {
  return columns.map(({ name }) => name)
}
