import { mkdir, mkdtemp, readdir, rename, rm, truncate } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { Database } from "../../../src/adapters/duckdb/database.js"
import { LocalLake } from "../../../src/adapters/localdisk/lake.js"
import { namedRows } from "../../../src/lake/namedRows.js"
import { EVENTS_FOLDER } from "../../../src/lake/realmTable.js"
import { historyEngineContract } from "../../contract/historyEngine.js"
import type { Past } from "../../history/support/past.js"
import { buysMore, twoSwords } from "../../history/support/twoSwords.js"
import { faultOf } from "../../support/fault.js"

historyEngineContract("DuckDB", async () => {
  const database = await Database.open()
  const past = await twoSwords({ database })
  return {
    engine: past.engine(),
    landed: await past.reader().read(),
    longQuery: "SELECT sum(a.range * b.range) AS n FROM range(1000000) AS a, range(1000000) AS b",
    queriesMax: 66,
    landMore: () => buysMore(past),
    async cleanup() {
      await past.close()
      await database.close()
    },
  }
})

/** A lake in a folder with a given name. */
async function inFolder(
  name: string,
  use: (lake: LocalLake, database: Database) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-"))
  const database = await Database.open()
  try {
    await use(new LocalLake(join(folder, name)), database)
  } finally {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const signal = new AbortController().signal

/** The rows of two swords, with the columns that a folder's name could hide. */
async function rowsIn(past: Past): Promise<readonly object[]> {
  const engine = past.engine()
  const version = (await past.reader().read()).version()
  const columns = `"realm", "log_offset", "player", "region", "dt"`
  const sql = `SELECT ${columns} FROM ${engine.eventsTable(version)} AS "e" ORDER BY "log_offset"`
  return namedRows(await engine.query(sql, { signal }))
}

const ROWS = [
  { realm: 0, log_offset: 1, player: "alice", region: "eu", dt: "2024-05-01" },
  { realm: 0, log_offset: 2, player: "bob", region: "eu", dt: "2024-05-01" },
  { realm: 0, log_offset: 3, player: "alice", region: "eu", dt: "2024-05-01" },
  { realm: 0, log_offset: 4, player: "alice", region: "eu", dt: "2024-05-01" },
]

test.each([
  "it's [a] *lake?",
  "a b%20c%zz",
  'back\\slash "quoted" {a,b} {1..2} ~$',
  "[!a]*\\[b]",
  "région/剣 🗡️",
  "region=mars/player=nobody/realm=7/dt=1999-01-01",
  "dt=1999-01-01/type=SwordBought/region=",
])("a folder above the lake may be called %j: only the table's log decides a partition", async name => {
  await inFolder(name, async (lake, database) => {
    const past = await twoSwords({ database, lake })

    expect(await rowsIn(past)).toEqual(ROWS)
  })
})

test("a file's partition is that in the table's log, not that in its folder's name", async () => {
  await inFolder("lake", async (lake, database) => {
    const past = await twoSwords({ database, lake })
    const version = (await past.reader().read()).version()
    const [file] = version.files
    const elsewhere = join(lake.root, EVENTS_FOLDER, "dt=1999-01-01")
    await mkdir(elsewhere)
    await rename(join(lake.root, EVENTS_FOLDER, file?.path ?? ""), join(elsewhere, "a=b,c d%.parquet"))
    const files = [{ path: "dt=1999-01-01/a=b,c d%.parquet", partition: { dt: "2024-05-01" } }]
    const engine = past.engine()

    const sql = `SELECT "dt", count(*) AS n FROM ${engine.eventsTable({ ...version, files })} AS "e" GROUP BY 1`

    expect((await engine.query(sql, { signal })).rows).toEqual([["2024-05-01", 4]])
    const ofNoDay = [{ ...files[0], path: files[0]?.path ?? "", partition: { dt: null } }]
    const none = `SELECT "dt", count(*) AS n FROM ${engine.eventsTable({ ...version, files: ofNoDay })} AS "e" GROUP BY 1`
    expect((await engine.query(none, { signal })).rows).toEqual([[null, 4]])
  })
})

test("a query of one day does not read the rows of other days", async () => {
  await inFolder("lake", async (lake, database) => {
    const past = await twoSwords({ database, lake })
    past.now += 86_400_000
    past.does("buySword", { playerId: "alice", swordType: "dagger", region: null })
    await past.land()
    const engine = past.engine()
    const version = (await past.reader().read()).version()
    const query = `SELECT count("player") AS n FROM ${engine.eventsTable(version)} AS "e" WHERE "dt" = '2024-05-01'`

    const explained = await database.connected(connection =>
      connection.runAndReadAll(`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`),
    )

    expect((await engine.query(query, { signal })).rows).toEqual([[4]])
    expect(version.files).toHaveLength(2)
    expect(String(explained.getRows())).toMatch(
      /"operator_cardinality": 4,\s*"operator_name": "READ_PARQUET"/,
    )
  })
})

test.each(["missing", "cut"])("a file that is %s is HISTORY_UNAVAILABLE, and named", async how => {
  await inFolder("lake", async (lake, database) => {
    const past = await twoSwords({ database, lake })
    const landed = await past.reader().read()
    const day = join(lake.root, EVENTS_FOLDER, "dt=2024-05-01")
    const [name = ""] = await readdir(day)
    const file = join(day, name)
    if (how === "missing") await rename(file, `${file}.gone`)
    else await truncate(file, 100)
    const engine = past.engine()

    const sql = `SELECT count("price") AS n FROM ${engine.eventsTable(landed.version())} AS "e"`
    const fault = await faultOf(engine.query(sql, { signal }))

    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(fault.message).toContain(name)
  })
})
