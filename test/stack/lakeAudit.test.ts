import { expect, it, onTestFinished } from "vitest"
import type { AuditReport } from "../../src/audit/report.js"
import type { Lake } from "../../src/ports/lake.js"
import { realmFolder } from "../cli/support/realmFolder.js"
import { Guildhall } from "../support/guildhall.js"
import { freshFolder, openTestLake, stackHdfs } from "./support/hdfs.js"

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
