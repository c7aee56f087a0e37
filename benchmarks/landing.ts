import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckdbCheckpointFiles } from "../src/adapters/duckdb/checkpointFiles.js"
import { Database } from "../src/adapters/duckdb/database.js"
import { DuckdbParquetWriter } from "../src/adapters/duckdb/parquetWriter.js"
import { openLmdbLog } from "../src/adapters/lmdb/log.js"
import { LocalLake } from "../src/adapters/localdisk/lake.js"
import { ParquetjsWriter } from "../src/adapters/parquetjs/parquetWriter.js"
import { randomId, systemClock } from "../src/adapters/system/clock.js"
import { Lander } from "../src/lander/lander.js"
import { encodeCommit } from "../src/log/codec.js"
import type { Genesis } from "../src/log/commit.js"
import { openGenesis } from "../src/log/genesis.js"
import { readJudged } from "../src/log/judged.js"
import type { Log } from "../src/ports/log.js"
import { SILENT } from "../src/ports/logger.js"
import type { ParquetWriter } from "../src/ports/parquet.js"
import { line, spread } from "./http/shop.js"

// Events landed a second and bytes an event: an embedded log of purchases into a lake in a folder, by each writer in turn.
//   node --import ./test/support/typescript.mjs benchmarks/landing.ts [events] [rounds] [writers]
const [events = "400000", rounds = "3", wanted = "duckdb,parquetjs-lite"] = process.argv.slice(2)

const PLAYERS = 1000
const REGIONS = ["eu-west", "us-east", "asia"]
const SWORDS: readonly (readonly [string, number])[] = [
  ["wooden-sword", 10],
  ["dagger", 25],
  ["gladius", 60],
  ["katana", 200],
  ["excalibur", 10_000],
]
/** Records in one append. */
const APPEND = 1000

const folder = await mkdtemp(join(tmpdir(), "guildhall-landing-"))
const database = await Database.open()
const log = await openLmdbLog({ folder: join(folder, "log") })
try {
  const genesis = await openGenesis(log, { realm: 0, newId: randomId, signal: new AbortController().signal })
  await fill(log, Number(events))
  const { head } = await log.bounds()
  const reading = await timed(() => readAll(log, genesis, head))
  line(`${head} records; read and judged alone: ${perSecond(head, reading)}/s`)
  const writers: Readonly<Record<string, ParquetWriter>> = {
    duckdb: new DuckdbParquetWriter(database),
    "parquetjs-lite": new ParquetjsWriter(),
  }
  const speeds = new Map(Object.keys(writers).map(name => [name, [] as number[]]))
  for (let round = 1; round <= Number(rounds); round++) {
    for (const [name, writer] of Object.entries(writers)) {
      if (!wanted.split(",").includes(name)) continue
      const landed = await land(log, genesis, writer, join(folder, `lake-${name}-${round}`), head)
      speeds.get(name)?.push(landed.perSecond)
      line(`round ${round}: ${name}: ${landed.text}`)
    }
  }
  for (const [name, found] of speeds) line(`${name}: events a second: ${spread(found)}`)
} finally {
  await log.close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}

/** Purchases of random players, a commit each, as a busy server writes them. */
async function fill(into: Log, count: number): Promise<void> {
  const links = new Map<string, string>()
  let { head } = await into.bounds()
  for (let made = 0; made < count; made += APPEND) {
    const records = Array.from({ length: Math.min(APPEND, count - made) }, () => {
      const player = `player-${pick(PLAYERS)}`
      const [swordType, price] = SWORDS[pick(SWORDS.length)] ?? ["dagger", 25]
      const region = REGIONS[pick(REGIONS.length)] ?? "eu-west"
      const guild = pick(2) === 0 ? null : `guild-${pick(50)}`
      const id = randomId()
      const on = { [`player/${player}`]: links.get(player) ?? null }
      links.set(player, id)
      const data = { player, swordType, price, region, guild }
      const commands = [
        { id: `${player}/${randomId()}`, digest: randomId(), events: [{ type: "SwordBought", v: 1, data }] },
      ]
      return encodeCommit({ id, seen: head++, at: Date.now(), on, commands })
    })
    await into.append(records)
  }
}

async function readAll(from: Log, genesis: Genesis, head: number): Promise<void> {
  for await (const { records } of readJudged(from, genesis, 0, new AbortController().signal)) {
    if ((records.at(-1)?.offset ?? 0) === head - 1) return
  }
}

async function land(from: Log, genesis: Genesis, writer: ParquetWriter, root: string, head: number) {
  const lake = new LocalLake(root)
  const checkpoints = new DuckdbCheckpointFiles(database)
  const parts = { log: from, genesis, lake, writer, checkpoints, logger: SILENT }
  const lander = new Lander({ ...parts, clock: systemClock, newId: randomId, landWithinMs: 60_000 })
  const cpu = process.cpuUsage()
  const ms = await timed(() => lander.landUpTo(head))
  const { user, system } = process.cpuUsage(cpu)
  const { rows, files, bytes } = lander.figures
  const tookMs = lander.durations.sum * 1000
  const shares = `${Math.round((100 * tookMs) / ms)} % of it in landing, ${((user + system) / rows).toFixed(1)} us of processors an event`
  const text = `${perSecond(rows, ms)} events/s, ${(bytes / rows).toFixed(1)} bytes an event, ${files} files; ${shares}`
  return { perSecond: (rows * 1000) / ms, text }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function perSecond(count: number, ms: number): number {
  return Math.round((count * 1000) / ms)
}

function pick(count: number): number {
  return Math.floor(Math.random() * count)
}
