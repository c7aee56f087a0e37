import { randomId } from "../adapters/system/clock.js"
import { type Config, loadConfig, originOf, type ResolvedSetting } from "../config.js"
import { DeltaTable } from "../lander/delta/table.js"
import { EVENTS_FOLDER, landedOf } from "../lander/realmTable.js"
import { assertWhole } from "../lander/whole.js"
import type { Lake } from "../ports/lake.js"
import { systemCode, systemReason } from "../ports/systemError.js"
import { USED_SHARE_MAX } from "../ports/viewStore.js"
import { adviceOn } from "./advice.js"
import { assertUsable } from "./dataFolder.js"
import { engineNames } from "./engines.js"
import { CommandError, EXIT, output } from "./output.js"
import { checkpointOf, readGenesis, withLake, withLog, withStorage, withViews } from "./storage.js"

/** How long a server may take to answer. */
const READY_MS = 3000

export interface DoctorOptions {
  readonly json: boolean
}

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly says: string
  readonly advice?: string
}

/** What is configured, what is reachable, and what to do if not. Returns the exit code: 1 when something is wrong. */
export async function doctor({ json }: DoctorOptions): Promise<number> {
  const config = loadConfig(process.env)
  const checks = await checksOf(config)
  if (json) output.json({ settings: config.settings, checks })
  else print(config.settings, checks)
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed
}

async function checksOf(config: Config): Promise<Check[]> {
  const folder = await checkFolder(config)
  // What lies there could say no more.
  if (!folder.ok) return [folder, await checkServer(config)]
  const parts = [await checkLog(config), await checkViews(config)]
  // Where one of them is missing, that is what has to be mended first.
  if (parts.every(({ ok }) => ok)) parts.push(await checkFit(config), await checkLake(config))
  return [...parts, await checkServer(config)]
}

async function checkFolder({ dataDir }: Config): Promise<Check> {
  return attempt("data folder", "", async () => {
    await assertUsable(dataDir)
    return `${dataDir} can be written`
  })
}

async function checkLog(config: Config): Promise<Check> {
  const advice =
    config.kafka === null
      ? "start the server once: scripts/start"
      : "away: see KAFKA_BROKERS and scripts/stack status; empty: start the server once"
  return attempt(`log (${engineNames(config).log})`, advice, () =>
    withLog(config, async log => {
      const { logId } = await readGenesis(log, config.realm)
      const { start, head } = await log.bounds()
      return `log ${logId}, records ${start} to ${head}`
    }),
  )
}

async function checkViews(config: Config): Promise<Check> {
  const advice =
    config.redisUrl === null
      ? "start the server once: scripts/start"
      : "away: see REDIS_URL and scripts/stack status; full: docs/operations.md, OVERLOADED"
  return attempt(`views (${engineNames(config).views})`, advice, () =>
    withViews(config, async store => {
      const share = await store.usedShare()
      const used = `${Math.round(share * 100)} % of the memory used`
      if (share > USED_SHARE_MAX) {
        throw new CommandError(`${used}: above ${USED_SHARE_MAX * 100} % no new work is taken`)
      }
      // Opening has refused a Redis that would evict keys (R32).
      return config.redisUrl === null ? used : `${used}, eviction policy noeviction`
    }),
  )
}

/** Whether the views were made from this log. */
async function checkFit(config: Config): Promise<Check> {
  return attempt("views fit the log", "see the log and the views above", () =>
    withStorage(config, async storage => {
      const checkpoint = await checkpointOf(storage)
      return checkpoint === null
        ? "there are none yet: a projector makes them"
        : `checkpoint ${checkpoint.offset}`
    }),
  )
}

/** Whether the lake is of this log, how far it is, and whether it can be written. */
async function checkLake(config: Config): Promise<Check> {
  return attempt(`lake (${engineNames(config).lake})`, "docs/operations.md, The lake is away", () =>
    withLog(config, log =>
      withLake(config, async ({ lake, checkpoints }) => {
        const table = new DeltaTable(lake, checkpoints, EVENTS_FOLDER)
        await table.refresh()
        const { version, files } = table.snapshot
        if (version === -1) return "there is none yet: a lander makes it"
        const genesis = await readGenesis(log, config.realm)
        const landed = landedOf(table.snapshot, genesis)
        assertWhole(table.snapshot, genesis)
        await probe(lake)
        const { head } = await log.bounds()
        return `landed to offset ${landed} of ${head}, version ${version}, ${files.size} files; writable`
      }),
    ),
  )
}

/** Beside the table's folders, under a name that no reader looks at. */
async function probe(lake: Lake): Promise<void> {
  const path = `${EVENTS_FOLDER}/_doctor-${randomId()}`
  await lake.write(path, Buffer.from("doctor"))
  await lake.delete(path)
}

/** No server is no mistake; something else on its port is. */
async function checkServer({ host, port }: Config): Promise<Check> {
  const url = `${originOf(host, port)}/readyz`
  const name = "server"
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(READY_MS) })
    const says = `${url} answers ${answer.status} ${(await answer.text()).slice(0, 300)}`
    const advice =
      "503: its reasons stand beside. Anything else: another program has the port, choose one by PORT"
    return { name, ok: answer.ok, says, advice }
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    if (systemCode(cause) === "ECONNREFUSED") {
      return { name, ok: true, says: `the port of ${url} is free: scripts/start starts one` }
    }
    const says = `${url} gives no answer: ${cause ?? error}`
    return { name, ok: false, says, advice: "it hangs, or another program has the port: choose one by PORT" }
  }
}

async function attempt(name: string, advice: string, check: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, says: await check() }
  } catch (error) {
    return { name, ok: false, says: systemReason(error), advice: adviceOn(error) ?? advice }
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
