import { randomUUID } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openLmdbLog } from "../src/adapters/lmdb/log.js"
import { randomId, systemClock } from "../src/adapters/system/clock.js"
import { loadConfig } from "../src/app/config.js"
import { engineNames, openLake } from "../src/app/engines.js"
import { Lander } from "../src/lander/lander.js"
import { encodeCommit } from "../src/log/codec.js"
import type { Genesis } from "../src/log/commit.js"
import { openGenesis } from "../src/log/genesis.js"
import { readJudged } from "../src/log/judged.js"
import type { Log } from "../src/ports/log.js"
import { SILENT } from "../src/ports/logger.js"
import { line, spread } from "./shop.js"

// Events landed per second and bytes per event: an embedded log of purchases, with each writer in turn. The
// environment chooses the lake: WEBHDFS_URL and PRESTO_URL mean HDFS, where its folders stay behind in
// /guildhall-benchmarks.
// node --import ./test/support/typescript.mjs benchmarks/landing.ts [events] [rounds] [writers]
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
const log = await openLmdbLog({ folder: join(folder, "log") })
try {
  const genesis = await openGenesis(log, { realm: 0, newId: randomId, signal: new AbortController().signal })
  await fill(log, Number(events))
  const { head } = await log.bounds()
  const reading = await timed(() => readAll(log, genesis, head))
  line(`${head} records; only read and judged: ${perSecond(head, reading)}/s`)
  const writers = wanted.split(",")
  const speeds = new Map(writers.map(writer => [writer, [] as number[]]))
  for (let round = 1; round <= Number(rounds); round++) {
    for (const writer of writers) {
      const landed = await land(log, genesis, writer, head)
      speeds.get(writer)?.push(landed.perSecond)
      line(`round ${round}: ${writer}: ${landed.text}`)
    }
  }
  for (const [writer, found] of speeds) line(`${writer}: events per second: ${spread(found)}`)
} finally {
  await log.close()
  await rm(folder, { recursive: true, force: true })
}

/** Purchases of random players, one commit each, as a busy server writes them. */
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

/** Lands into a new lake. */
async function land(from: Log, genesis: Genesis, writer: string, head: number) {
  const name = randomUUID()
  const config = loadConfig({
    ...process.env,
    DATA_DIR: join(folder, name),
    LAKE_FOLDER: `/guildhall-benchmarks/${name}`,
    PARQUET_WRITER: writer,
  })
  const engines = await openLake(config, { readOnly: false })
  try {
    const parts = { ...engines, log: from, genesis, clock: systemClock, logger: SILENT, newId: randomId }
    const lander = new Lander({ ...parts, landWithinMs: 60_000 })
    const cpu = process.cpuUsage()
    const ms = await timed(() => lander.landUpTo(head))
    const { user, system } = process.cpuUsage(cpu)
    const { rows, files, bytes } = lander.figures
    const { values } = await lander.durations.get()
    const seconds = values.find(({ metricName }) => metricName?.endsWith("_sum"))?.value ?? 0
    const tookMs = seconds * 1000
    const shares = `${Math.round((100 * tookMs) / ms)} % of it in landing, ${((user + system) / rows).toFixed(1)} us of processors an event`
    const text = `${engineNames(config).lake}: ${perSecond(rows, ms)} events/s, ${(bytes / rows).toFixed(1)} bytes an event, ${files} files; ${shares}`
    return { perSecond: (rows * 1000) / ms, text }
  } finally {
    await engines.close()
  }
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
