import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, it } from "vitest"
import type { AuditReport } from "../../src/audit/report.js"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"

/** The server is killed after this many more records of the log: three times in the middle of the load. */
const KILL_EVERY = 15_000

it("100,000 mutations survive three kills: every promise is kept, and views and lake are the log's fold", async () => {
  const folder = await temporaryFolder()
  const settings = { DATA_DIR: folder, PORT: await freePort(), LOG_LEVEL: "warn", LAND_WITHIN: "3s" }
  let server = await Guildhall.serve(settings)
  const load = Guildhall.start(["load", "--url", server.url, "--count", "100000", "--verify", "--json"])
  try {
    for (let kills = 1; kills <= 3; kills++) {
      await expect
        .poll(() => headOf(server.url), { timeout: 240_000, interval: 100 })
        .toBeGreaterThan(kills * KILL_EVERY)
      await server.kill9()
      server = await Guildhall.serve(settings)
    }
    const code = await load.exited()
    expect(load.output).toContain('"verified": true')
    expect(code).toBe(0)
    expect(await server.stop()).toBe(0)
    const early = await Guildhall.run(["audit", "--json"], settings)
    expect(reportIn(early.output)).toMatchObject({ ok: true, findings: { shown: [] } })
    expect(reportIn(early.output).lake?.landed).toBeGreaterThan(3 * KILL_EVERY)

    expect((await Guildhall.run(["land", "--once"], settings)).code).toBe(0)
    const audit = await Guildhall.run(["audit", "--json"], settings)
    const { ok, provedTo, gold, lake } = reportIn(audit.output)
    expect({ ok, landed: lake?.landed }).toEqual({ ok: true, landed: provedTo })
    const byHand = await lakeByHand(join(folder, "lake", "events"))
    const { start, granted, spent } = gold
    expect(byHand).toEqual({ rows: lake?.rows, start, granted, spent })
  } finally {
    await Promise.all([server.kill9(), load.kill9()])
  }
}, 600_000)

type Report = Pick<AuditReport, "ok" | "provedTo" | "gold" | "lake">

function reportIn(output: string): Report {
  return JSON.parse(output.slice(output.indexOf("{"))) as Report
}

/** What the files of a Delta table sum up to, found as any reader would, with no code of ours. */
async function lakeByHand(folder: string) {
  const active = new Set<string>()
  const log = join(folder, "_delta_log")
  for (const name of (await readdir(log)).filter(file => file.endsWith(".json")).sort()) {
    for (const line of (await readFile(join(log, name), "utf8")).trimEnd().split("\n")) {
      const { add, remove } = JSON.parse(line) as { add?: { path: string }; remove?: { path: string } }
      if (add !== undefined) active.add(`'${join(folder, add.path)}'`)
      if (remove !== undefined) active.delete(`'${join(folder, remove.path)}'`)
    }
  }
  const sum = (type: string, column: string) =>
    `CAST(sum(${column}) FILTER (WHERE type = '${type}') AS VARCHAR)`
  const database = await DuckDBInstance.create(":memory:")
  const connection = await database.connect()
  const answer = await connection.runAndReadAll(`
    SELECT CAST(count(DISTINCT (log_offset, event_index)) AS INTEGER) AS rows, ${sum("PlayerRegistered", "gold")} AS start,
      ${sum("GoldGranted", "amount")} AS granted, ${sum("SwordBought", "price")} AS spent
    FROM read_parquet([${[...active].join(", ")}], union_by_name = true)`)
  connection.closeSync()
  database.closeSync()
  return answer.getRowObjectsJS()[0]
}

/** How far the log is; 0 while the server does not say. */
async function headOf(url: string): Promise<number> {
  const { data } = await ask(url, "{ status { head } }")
  const { head = 0 } = (data?.status ?? {}) as { head?: number }
  return head
}
