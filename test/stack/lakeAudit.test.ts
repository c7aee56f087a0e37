import { expect, it, onTestFinished } from "vitest"
import { DuckdbCheckpointFiles } from "../../src/adapters/duckdb/checkpointFiles.js"
import { Database } from "../../src/adapters/duckdb/database.js"
import { PrestoHistoryEngine } from "../../src/adapters/presto/historyEngine.js"
import { compareLake } from "../../src/audit/compareLake.js"
import { Findings } from "../../src/audit/findings.js"
import type { AuditReport } from "../../src/audit/report.js"
import type { HistoryEngine } from "../../src/ports/historyEngine.js"
import type { Lake } from "../../src/ports/lake.js"
import { realmFolder } from "../cli/support/realmFolder.js"
import { Past } from "../history/support/past.js"
import { twoSwords } from "../history/support/twoSwords.js"
import { Guildhall } from "../support/guildhall.js"
import { freshFolder, openTestLake, stackHdfs } from "./support/hdfs.js"
import { stackPresto } from "./support/presto.js"

const EVENTS = "events"
const LOG = `${EVENTS}/_delta_log`

/** A small embedded realm whose lake is in HDFS, all of it landed. */
async function landedRealm() {
  const { url, hdfsUrl } = stackHdfs()
  const folder = freshFolder()
  const lake = openTestLake({ folder })
  onTestFinished(() => lake.close())
  const settings = {
    DATA_DIR: await realmFolder(),
    WEBHDFS_URL: url,
    HDFS_URL: hdfsUrl,
    LAKE_FOLDER: folder,
    PRESTO_URL: process.env.PRESTO_URL ?? "",
    LOG_LEVEL: "warn",
  }
  const { code, output } = await Guildhall.run(["land", "--once"], settings)
  expect(code, output).toBe(0)
  return { settings, lake }
}

async function audit(settings: Readonly<Record<string, string>>) {
  const { output } = await Guildhall.run(["audit", "--json"], settings)
  return JSON.parse(output.slice(output.indexOf("{"))) as Pick<AuditReport, "ok" | "lake" | "findings">
}

it("an audit over HDFS and Presto proves the lake, names doubled rows, and then a file that was cut", async () => {
  const { settings, lake } = await landedRealm()
  const landed = { landed: 3, comparedTo: 3, rows: 2, gold: { start: "1000", granted: "0", spent: "25" } }
  expect(await audit(settings)).toMatchObject({ ok: true, lake: landed, findings: { count: 0 } })

  const added = await addedFile(lake)
  const path = added.path.replace(".parquet", "-again.parquet")
  const bytes = await lake.read(`${EVENTS}/${added.path}`)
  await lake.write(`${EVENTS}/${path}`, bytes ?? new Uint8Array())
  await lake.putIfAbsent(`${LOG}/${"1".padStart(20, "0")}.json`, line({ add: { ...added, path } }))

  const doubled = await audit(settings)
  expect(doubled).toMatchObject({ ok: false, lake: { rows: 4, files: 2 } })
  expect(doubled.findings.shown).toMatchObject([
    ...["1-0", "2-0"].map(place => ({ subject: `row ${place}`, expected: "once", found: "2 times" })),
    { kind: "lake-sum", field: "rows", expected: 2, found: 4 },
    { kind: "lake-sum", field: "start", expected: "1000", found: "2000" },
    { kind: "lake-sum", field: "spent", expected: "25", found: "50" },
  ])

  await lake.replace(`${EVENTS}/${path}`, (bytes ?? new Uint8Array()).slice(0, 500))

  const { ok, findings } = await audit(settings)
  expect(ok).toBe(false)
  expect(findings.shown).toMatchObject([
    { kind: "lake-file", subject: path, field: "length", found: 500 },
    { kind: "lake", subject: "lake", found: expect.stringContaining("PRESTO_URL") },
  ])
}, 120_000)

/** The one file that the first commit added. */
async function addedFile(lake: Lake): Promise<{ readonly path: string }> {
  const text = Buffer.from((await lake.read(`${LOG}/${"0".repeat(20)}.json`)) ?? []).toString()
  const adds = text
    .trimEnd()
    .split("\n")
    .flatMap(one => (JSON.parse(one) as { add?: { path: string } }).add ?? [])
  const [add] = adds
  if (add === undefined) throw new Error("the first commit added no file")
  return add
}

function line(action: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(action)}\n`)
}

it("an audit beside landers that land on, of this realm and of another, finds nothing", async () => {
  const database = await Database.open()
  const lake = openTestLake({ folder: freshFolder() })
  const past = await twoSwords({ database, lake })
  const other = await Past.open({ database, lake, genesis: { ...past.genesis, realm: 1 } })
  const log = past.log()
  const presto = new PrestoHistoryEngine({
    ...{ url: stackPresto(), table: `${lake.root}/${EVENTS}` },
    ...{ schema: "none", schemaLocation: `${lake.root}/views` },
  })
  onTestFinished(async () => {
    await presto.close()
    await log.close()
    await past.close()
    await other.close()
    await lake.close()
    await database.close()
  })
  other.does("registerPlayer", { playerId: "carol", name: "Carol", region: "eu" })
  let queries = 0
  // More lands before each query than the audit knows of.
  const late: HistoryEngine = {
    dialect: presto.dialect,
    eventsTable: presto.eventsTable.bind(presto),
    keepViews: presto.keepViews.bind(presto),
    close: presto.close.bind(presto),
    async query(sql, options) {
      queries += 1
      past.does("buySword", { playerId: "alice", swordType: "dagger", region: null })
      await past.land()
      await other.land()
      return presto.query(sql, options)
    },
  }
  const findings = new Findings()
  const parts = { lake, checkpoints: new DuckdbCheckpointFiles(database), engine: late }

  const compared = await compareLake({ parts, log, genesis: past.genesis, findings, progress: () => {} })

  expect(queries).toBeGreaterThan(2)
  expect(compared).toMatchObject({ landed: 5, comparedTo: 5, rows: 4 })
  expect(findings.shown).toEqual([])
})
