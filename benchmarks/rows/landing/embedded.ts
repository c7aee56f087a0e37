import { readdir, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { DuckDBInstance } from "@duckdb/node-api"
import type { Closers } from "../../comparison/closers.js"
import { newEmbeddedWorld } from "../../comparison/embedded.js"
import { landOnce } from "./guildhall.js"
import type { Found, Landing } from "./landing.js"
import { fillLogs, type LogSettings } from "./logs.js"
import type { OpenLandings, Sizes } from "./open.js"

const TYPESCRIPT = fileURLToPath(new URL("../../../test/support/typescript.mjs", import.meta.url))
const JUDGE = fileURLToPath(new URL("./judgeOnce.ts", import.meta.url))

/** From an embedded log to a folder: the shipped lander; and one thread that only reads and judges, as the limit. */
export async function openEmbeddedLandings(sizes: Sizes, closers: Closers): Promise<OpenLandings> {
  const { DATA_DIR: folder } = await newEmbeddedWorld(closers)
  const logs = { few: { DATA_DIR: join(folder, "few") }, all: { DATA_DIR: join(folder, "all") } }
  const tallies = await fillLogs(logs, sizes)
  return { landings: [guildhall(logs), judging(logs)], tallies }
}

function guildhall(logs: LogSettings): Landing {
  let lake = ""
  return {
    name: "Guildhall",
    role: "ours",
    program(size) {
      lake = join(logs[size].DATA_DIR ?? "", "lake")
      return landOnce(logs[size])
    },
    find: () => findIn(join(lake, "events")),
    clear: () => rm(lake, { recursive: true }),
    servicesCost: async () => 0,
  }
}

function judging(logs: LogSettings): Landing {
  return {
    name: "reading and judging alone",
    role: "limit",
    program(size) {
      const args = ["--import", TYPESCRIPT, JUDGE]
      return { command: process.execPath, args, env: logs[size], done: /^\{"rows"/ }
    },
    find: async line => ({ ...JSON.parse(line), bytes: null }),
    clear: async () => {},
    servicesCost: async () => 0,
  }
}

/** As DuckDB reads the files of a table's folder; there are no others in a new one. */
async function findIn(table: string): Promise<Found> {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  try {
    const files = `read_parquet('${table}/dt=*/*.parquet')`
    const sql = `SELECT count(*), sum(price) FROM ${files} WHERE type = 'SwordBought'`
    const [[rows, revenue] = []] = (await connection.runAndReadAll(sql)).getRows()
    return { rows: Number(rows), revenue: Number(revenue), bytes: await bytesIn(table) }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** All files of a table, its own log too. */
async function bytesIn(table: string): Promise<number> {
  const entries = await readdir(table, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  const sizes = await Promise.all(
    files.map(async file => (await stat(join(file.parentPath, file.name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
