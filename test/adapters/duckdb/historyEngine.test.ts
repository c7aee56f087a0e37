import { mkdtemp, readdir, rename, rm, truncate } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { Database } from "../../../src/adapters/duckdb/database.js"
import { LocalLake } from "../../../src/adapters/localdisk/lake.js"
import { EVENTS_FOLDER } from "../../../src/lander/realmTable.js"
import { historyEngineContract } from "../../contract/historyEngine.js"
import { twoSwords } from "../../history/support/twoSwords.js"
import { faultOf } from "../../support/fault.js"

historyEngineContract("DuckDB", async () => {
  const database = await Database.open()
  const past = await twoSwords({ database })
  return {
    engine: past.engine(),
    landed: await past.reader().read(),
    longQuery: "SELECT sum(a.range * b.range) AS n FROM range(1000000) AS a, range(1000000) AS b",
    queriesMax: 66,
    async cleanup() {
      await past.close()
      await database.close()
    },
  }
})

/** A lake in a folder with a name of its own. */
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

test.each(["it's [a] *lake?", "a b%20c"])("a folder may be called %j", async name => {
  await inFolder(name, async (lake, database) => {
    const past = await twoSwords({ database, lake })
    const landed = await past.reader().read()
    const engine = past.engine()

    const sql = `SELECT count(*) AS n FROM ${engine.eventsTable(landed.version())} AS "e" WHERE "dt" = '2024-05-01'`
    const { rows } = await engine.query(sql, { signal })

    expect(rows).toEqual([{ n: 4 }])
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
