import { systemClock } from "../adapters/system/clock.js"
import type { Config } from "../app/config.js"
import { assertUsable } from "../app/dataFolder.js"
import { engineNames } from "../app/engines.js"
import type { ResolvedSetting } from "../app/settingReader.js"
import { checkpointOf, readGenesis, withLake, withLog, withStorage, withViews } from "../app/storage.js"
import { probeHistory } from "../history/historyProbe.js"
import { LandedReader } from "../history/landed.js"
import { DeltaTable } from "../lake/delta/table.js"
import { probeLake } from "../lake/lakeProbe.js"
import { assertWhole } from "../lake/missingRows.js"
import { EVENTS_FOLDER, landedOf } from "../lake/realmTable.js"
import { before } from "../lib/deadline.js"
import { reasonLine, systemCode } from "../lib/systemError.js"
import { UserError } from "../lib/userError.js"
import type { Genesis } from "../log/commit.js"
import { USED_SHARE_MAX } from "../ports/viewStore.js"
import { originOf } from "../server/origin.js"
import { adviceOn } from "./advice.js"
import { EXIT, output } from "./output.js"
import { readSettings } from "./settings.js"
import { READY_MS } from "./status.js"

/** How long a check may take. Connecting to Kafka is tried for 10 s, and a report would have 20 s. */
const CHECK_WITHIN_MS = 30_000

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly says: string
  readonly advice?: string
}

/** Prints what is configured, what is reachable, and what to do if not. Returns the exit code: 1 if a check fails. */
export async function doctor({ json }: { readonly json: boolean }): Promise<number> {
  const config = readSettings()
  const checks = await checksOf(config)
  if (json) output.json({ settings: config.settings, checks })
  else print(config.settings, checks)
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed
}

/** Runs all checks at once and independently, so that none hides another. */
async function checksOf(config: Config): Promise<Check[]> {
  const folder = await checkFolder(config)
  // The other checks could say no more.
  if (!folder.ok && isEmbedded(config)) return [folder, await checkServer(config)]
  const facts = factsOfLog(config)
  const [log, views, lake, history, server] = await Promise.all([
    checkLog(config, facts),
    checkViews(config),
    checkLake(config, facts),
    checkHistory(config),
    checkServer(config),
  ])
  // If one of the two fails, that has to be fixed first.
  const fit = log.ok && views.ok ? [await checkFit(config)] : []
  return [...(folder.ok ? [] : [folder]), log, views, ...fit, lake, history, server]
}

function isEmbedded({ kafka, redisUrl, hdfs }: Config): boolean {
  return kafka === null && redisUrl === null && hdfs === null
}

async function checkFolder({ dataDir }: Config): Promise<Check> {
  return attempt("data folder", undefined, async () => {
    await assertUsable(dataDir)
    return `${dataDir} can be written`
  })
}

interface LogFacts {
  readonly genesis: Genesis
  readonly start: number
  readonly head: number
}

/** Facts about a log that would accept an append. */
function factsOfLog(config: Config): Promise<LogFacts> {
  return withLog(config, async log => {
    const genesis = await readGenesis(log, config.realm)
    await log.probe()
    return { genesis, ...(await log.bounds()) }
  })
}

function checkLog(config: Config, facts: Promise<LogFacts>): Promise<Check> {
  const advice = config.kafka === null ? undefined : "see KAFKA_BROKERS, scripts/stack status, docs/kafka.md"
  return attempt(`log (${engineNames(config).log})`, advice, async () => {
    const { genesis, start, head } = await facts
    return `log ${genesis.logId}, records ${start} to ${head}, accepts appends`
  })
}

function checkViews(config: Config): Promise<Check> {
  const advice =
    config.redisUrl === null
      ? undefined
      : "away: see REDIS_URL and scripts/stack status; full: docs/operations.md, OVERLOADED"
  return attempt(`views (${engineNames(config).views})`, advice, () =>
    withViews(config, async store => {
      const share = await store.usedShare()
      const used = `${Math.round(share * 100)} % of the memory used`
      if (share > USED_SHARE_MAX) {
        throw new UserError(`${used}: above ${USED_SHARE_MAX * 100} % no new work is accepted`)
      }
      // Opening has refused a Redis that would evict keys (R32).
      return config.redisUrl === null ? used : `${used}, eviction policy noeviction`
    }),
  )
}

/** Whether the views were made from this log. */
function checkFit(config: Config): Promise<Check> {
  return attempt("views fit the log", "see the log and the views above", () =>
    withStorage(config, async storage => {
      const checkpoint = await checkpointOf(storage)
      return checkpoint === null
        ? "there are none yet: a projector makes them"
        : `checkpoint ${checkpoint.offset}`
    }),
  )
}

/** Whether the lake belongs to this log, how much of it has landed, and whether the lake can be written. */
function checkLake(config: Config, log: Promise<LogFacts>): Promise<Check> {
  return attempt(`lake (${engineNames(config).lake})`, "docs/operations.md, The lake is away", () =>
    withLake(config, async ({ probeLake: lake, checkpoints }) => {
      const table = new DeltaTable(lake, checkpoints, EVENTS_FOLDER)
      await table.refresh()
      const { snapshot } = table
      if (snapshot.version === -1) return "there is none yet: a lander makes it"
      const facts = await log.catch(() => null)
      const landed =
        facts === null ? "" : `landed to offset ${landedOf(snapshot, facts.genesis)} of ${facts.head}, `
      if (facts !== null) assertWhole(snapshot, facts.genesis)
      await probeLake(lake)
      return `${landed}version ${snapshot.version}, ${snapshot.files.size} files; writable`
    }),
  )
}

/** Whether the engine answers and finds the table. */
function checkHistory(config: Config): Promise<Check> {
  return attempt(`history (${engineNames(config).history})`, "docs/operations.md, History", signal =>
    withLake(config, async ({ probeLake: lake, checkpoints, engine }) => {
      const reader = new LandedReader({ lake, checkpoints, genesis: null })
      // The lake's own check says why it cannot be read.
      const landed = await reader.read().catch(() => null)
      await probeHistory(engine, landed, signal)
      if (landed === null) return "answers; whether there is a table is unknown: see the lake"
      return landed.sample() === null ? "answers; there is no table yet" : "answers from the table"
    }),
  )
}

/** It is not a problem if no server runs, but it is if something else has its port. */
async function checkServer({ host, port }: Config): Promise<Check> {
  const url = `${originOf(host, port)}/readyz`
  const name = "server"
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(READY_MS) })
    const says = `${url} answers ${answer.status} ${(await answer.text()).slice(0, 300)}`
    const advice =
      "503: the answer has the reasons. Anything else: another program has the port; choose another with PORT"
    return { name, ok: answer.ok, says, advice }
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    if (systemCode(cause) === "ECONNREFUSED") {
      return { name, ok: true, says: `the port of ${url} is free: scripts/start starts one` }
    }
    const says = `${url} does not answer: ${cause ?? error}`
    const advice = "it hangs, or another program has the port: choose another with PORT"
    return { name, ok: false, says, advice }
  }
}

async function attempt(
  name: string,
  advice: string | undefined,
  check: (signal: AbortSignal) => Promise<string>,
): Promise<Check> {
  const late = new AbortController()
  const failure = () => new UserError(`no answer within ${CHECK_WITHIN_MS / 1000} s`)
  const until = systemClock.now() + CHECK_WITHIN_MS
  try {
    return { name, ok: true, says: await before(systemClock, until, check(late.signal), failure) }
  } catch (error) {
    const says = reasonLine(error)
    const help = adviceOn(error) ?? advice
    return { name, ok: false, says, ...(help === undefined ? {} : { advice: help }) }
  } finally {
    late.abort()
  }
}

function print(settings: readonly ResolvedSetting[], checks: readonly Check[]): void {
  for (const { name, value, from, meaning } of settings) {
    output.line(`${name.padEnd(26)} ${(value === "" ? "-" : value).padEnd(24)} ${from.padEnd(12)} ${meaning}`)
  }
  output.line()
  for (const { name, ok, says, advice } of checks) {
    output.line(`${ok ? "ok  " : "BAD "} ${name}: ${says}`)
    if (!ok && advice !== undefined) output.line(`     ${advice}`)
  }
}
