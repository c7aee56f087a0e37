import { type Config, loadConfig, type ResolvedSetting } from "../config.js"
import { FOLD_VERSION } from "../log/foldVersion.js"
import { SILENT } from "../ports/logger.js"
import { engineNames, openLog, openViewStore } from "./engines.js"
import { EXIT, output } from "./output.js"

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
  const checks = [await checkLog(config), await checkViews(config), await checkServer(config)]
  if (json) output.json({ settings: config.settings, checks })
  else print(config.settings, checks)
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed
}

async function checkLog(config: Config): Promise<Check> {
  const advice =
    config.kafka === null
      ? "start the server once: scripts/start"
      : "is Kafka up? see KAFKA_BROKERS, scripts/stack status"
  return attempt(`log (${engineNames(config).log})`, advice, async () => {
    const log = await openLog(config, { logger: SILENT, readOnly: true })
    try {
      const { start, head } = await log.bounds()
      return `records ${start} to ${head}`
    } finally {
      await log.close()
    }
  })
}

async function checkViews(config: Config): Promise<Check> {
  const advice =
    config.redisUrl === null
      ? "start the server once: scripts/start"
      : "is Redis up? see REDIS_URL, scripts/stack status"
  return attempt(`views (${engineNames(config).views})`, advice, async () => {
    const store = await openViewStore(config, { logger: SILENT, readOnly: true })
    try {
      const { checkpoint } = await store.read(FOLD_VERSION, { documents: [], keys: [] })
      const used = `${Math.round((await store.usedShare()) * 100)} % of its memory used`
      return checkpoint === null ? `empty, ${used}` : `checkpoint ${checkpoint.offset}, ${used}`
    } finally {
      await store.close()
    }
  })
}

async function checkServer({ host, port }: Config): Promise<Check> {
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}/readyz`
  const name = "server"
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(3000) })
    const says = `${url} answers ${answer.status} ${(await answer.text()).slice(0, 300)}`
    return { name, ok: answer.ok, says, advice: "its reasons stand beside; its log tells more" }
  } catch {
    return { name, ok: true, says: `none at ${url}: scripts/start starts one` }
  }
}

async function attempt(name: string, advice: string, check: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, says: await check() }
  } catch (error) {
    return { name, ok: false, says: error instanceof Error ? error.message : String(error), advice }
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
