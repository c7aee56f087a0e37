import { randomUUID } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openLmdbLog } from "../src/adapters/lmdb/log.js"
import { randomId, systemClock } from "../src/adapters/system/clock.js"
import { loadConfig } from "../src/app/config.js"
import { engineNames, openLake } from "../src/app/engines.js"
import { guildAggregate, playerAggregate } from "../src/domain/aggregates.js"
import { type GameEvent, makeEvent } from "../src/domain/events.js"
import { History } from "../src/history/history.js"
import { LandedReader } from "../src/history/landed.js"
import { ALWAYS } from "../src/history/span.js"
import { Lander } from "../src/lander/lander.js"
import { encodeCommit } from "../src/log/codec.js"
import { openGenesis } from "../src/log/genesis.js"
import type { Log } from "../src/ports/log.js"
import { SILENT } from "../src/ports/logger.js"
import { Tail } from "../src/tail/tail.js"
import { line } from "./shop.js"

// How long reports take, and the same SQL sent straight to the engine; the last records are not landed yet.
// The log is embedded; the environment chooses the lake and the engine: WEBHDFS_URL and PRESTO_URL mean HDFS
// and Presto, where its folder stays behind in /guildhall-benchmarks.
// node --import ./test/support/typescript.mjs benchmarks/reports.ts [events] [landings] [not landed] [rounds]
const [events = "1000000", landings = "5", unlanded = "50000", rounds = "15"] = process.argv.slice(2)

const PLAYERS = 1000
const GUILDS = 50
const REGIONS = ["eu-west", "us-east", "asia"]
const SWORDS = ["wooden-sword", "dagger", "gladius", "katana", "rapier", "longsword", "claymore"]
/** Records in one append. */
const APPEND = 1000

const folder = await mkdtemp(join(tmpdir(), "guildhall-reports-"))
const env = { ...process.env, DATA_DIR: folder, LAKE_FOLDER: `/guildhall-benchmarks/${randomUUID()}` }
const config = loadConfig(env)
const lakeEngines = await openLake(config, { readOnly: false })
const { lake, engine, writer, checkpoints } = lakeEngines
const log = await openLmdbLog({ folder: join(folder, "log") })
const signal = new AbortController().signal
try {
  const genesis = await openGenesis(log, { realm: 0, newId: randomId, signal })
  await fill(log, Number(events))
  const { head } = await log.bounds()
  const parts = {
    log,
    genesis,
    lake,
    writer,
    checkpoints,
    clock: systemClock,
    logger: SILENT,
    newId: randomId,
  }
  const lander = new Lander({ ...parts, landWithinMs: 60_000 })
  const landed = head - Number(unlanded)
  for (let n = 1; n <= Number(landings); n++) {
    await lander.landUpTo(Math.round((n * landed) / Number(landings)))
  }
  const { lake: lakeName, history: engineName } = engineNames(config)
  line(
    `${engineName} on ${lakeName}: ${lander.figures.rows} rows in ${lander.figures.files} files, ${head - landed} records not landed`,
  )
  const tail = new Tail({ log, genesis, from: landed })
  tail.start()
  await tail.reached(head)
  const reader = new LandedReader({ lake, checkpoints, genesis })
  const history = new History({ reader, engine, tail, log, clock: systemClock })

  const table = engine.eventsTable((await reader.read()).version())
  const straight = (sql: string) => engine.query(sql.replace("EVENTS", `${table} AS "e"`), { signal })
  const sales = { bucket: null, span: ALWAYS, live: true }
  const any = { player: null, swordType: null, region: null, guild: null, span: ALWAYS }
  const by = ["SWORD", "REGION", "GUILD"] as const
  await measure("sales, totals", () => history.sales({ ...sales, by: [] }))
  await measure("  without live", () => history.sales({ ...sales, by: [], live: false }))
  await measure("  straight", () =>
    straight(
      `SELECT count(*), sum(price), count(DISTINCT player) FROM EVENTS WHERE realm = 0 AND type = 'SwordBought'`,
    ),
  )
  await measure("sales by sword, region, guild", () => history.sales({ ...sales, by }))
  await measure("  straight", () =>
    straight(
      `SELECT sword_type, region, guild, count(*), sum(price), count(DISTINCT player) FROM EVENTS WHERE realm = 0 AND type = 'SwordBought' GROUP BY 1, 2, 3`,
    ),
  )
  await measure("purchases, the newest 20", () => history.purchases({ wish: any, first: 20, before: null }))
  await measure("purchases, a page in the middle", () =>
    history.purchases({ wish: any, first: 20, before: { offset: Math.round(head / 2), index: 0 } }),
  )
  await measure("purchases of a player, the oldest 100", () =>
    history.purchases({
      wish: { ...any, player: "player-7" },
      first: 100,
      before: { offset: Math.round(head / 10), index: 0 },
    }),
  )
  await measure("guild growth of all guilds", () =>
    history.guildGrowth({ guild: null, bucket: "HOUR", span: ALWAYS }),
  )
  const { length } = await effects(history)
  await measure(`a player as of a time (${length} events)`, () => effects(history))
  await history.close()
  await tail.stop()
} finally {
  await log.close()
  await lakeEngines.close()
  await rm(folder, { recursive: true, force: true })
}

async function effects(history: History): Promise<{ readonly length: number }> {
  const prefix = await history.prefixAsOf(Date.now())
  const states = await history.statesAsOf(prefix, [playerAggregate("player-7")])
  return { length: states.get(playerAggregate("player-7"))?.version ?? 0 }
}

/** The median and the slowest of some rounds, after one that does not count. */
async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  await work()
  const took: number[] = []
  for (let round = 0; round < Number(rounds); round++) {
    const begun = performance.now()
    await work()
    took.push(performance.now() - begun)
  }
  took.sort((one, other) => one - other)
  const middle = took[took.length >> 1] ?? 0
  line(`${name.padEnd(42)} ${middle.toFixed(0).padStart(5)} ms, slowest ${(took.at(-1) ?? 0).toFixed(0)} ms`)
}

/** A busy world: players buy swords, and now and then join a guild or leave theirs; one commit each. */
async function fill(into: Log, count: number): Promise<void> {
  const links = new Map<string, string>()
  const guilds = new Map<string, string>()
  let { head } = await into.bounds()
  const commit = (aggregates: readonly string[], player: string, event: GameEvent) => {
    const id = randomId()
    const on = Object.fromEntries(aggregates.map(name => [name, links.get(name) ?? null]))
    for (const name of aggregates) links.set(name, id)
    const commands = [{ id: `${player}/${randomId()}`, digest: randomId(), events: [event] }]
    return encodeCommit({ id, seen: head++, at: Date.now(), on, commands })
  }
  const first = Array.from({ length: PLAYERS }, (_, n) => {
    const player = `player-${n}`
    const data = { player, region: "eu-west", gold: 2 ** 50, health: 100 }
    return commit([playerAggregate(player)], player, makeEvent("PlayerRegistered", data, { name: player }))
  })
  await into.append(first)
  const founded = Array.from({ length: GUILDS }, (_, n) => {
    const [player, guild] = [`player-${n}`, `guild-${n}`]
    guilds.set(player, guild)
    const event = makeEvent("GuildFounded", { player, guild, name: guild, capacity: 500 })
    return commit([playerAggregate(player), guildAggregate(guild)], player, event)
  })
  await into.append(founded)
  const next = () => {
    const n = pick(PLAYERS)
    const player = `player-${n}`
    const mine = guilds.get(player)
    if (n >= GUILDS && pick(10) === 0) {
      const guild = mine ?? `guild-${pick(GUILDS)}`
      if (mine === undefined) guilds.set(player, guild)
      else guilds.delete(player)
      const event = makeEvent(mine === undefined ? "GuildJoined" : "GuildLeft", { player, guild })
      return commit([playerAggregate(player), guildAggregate(guild)], player, event)
    }
    const swordType = SWORDS[pick(SWORDS.length)] ?? "dagger"
    const region = REGIONS[pick(REGIONS.length)] ?? "asia"
    const data = { player, swordType, price: 10 + pick(500), region, guild: mine ?? null }
    return commit([playerAggregate(player)], player, makeEvent("SwordBought", data))
  }
  for (let made = 0; made < count; made += APPEND) {
    await into.append(Array.from({ length: Math.min(APPEND, count - made) }, next))
  }
}

function pick(count: number): number {
  return Math.floor(Math.random() * count)
}
