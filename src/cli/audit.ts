import { randomId } from "../adapters/system/clock.js"
import { type AuditStage, audit as runAudit } from "../audit/audit.js"
import type { AuditReport } from "../audit/report.js"
import { type Config, loadConfig } from "../config.js"
import { openGenesis } from "../log/genesis.js"
import { SILENT } from "../ports/logger.js"
import { openLog, openViewStore } from "./engines.js"
import { EXIT, output } from "./output.js"
import { type Progress, progressBar } from "./progress.js"

export interface AuditOptions {
  readonly json: boolean
}

/**
 * Proves the log, and that the views are its fold; beside a running server or without one. Returns the exit code: 1
 * when anything differs.
 */
export async function audit({ json }: AuditOptions): Promise<number> {
  const config = loadConfig(process.env)
  const report = await withEngines(config, json)
  if (json) output.json(report)
  else print(report)
  return report.ok ? EXIT.ok : EXIT.failed
}

async function withEngines(config: Config, json: boolean): Promise<AuditReport> {
  const { realm, keyRetention } = config
  const signal = new AbortController().signal
  const options = { logger: SILENT, readOnly: true }
  const bars = new Bars(!json)
  const log = await openLog(config, options)
  const store = await openViewStore(config, options).catch(async error => {
    await log.close()
    throw error
  })
  try {
    const genesis = await openGenesis(log, { realm, newId: randomId, signal })
    return await runAudit({ log, genesis, store, keyRetention, progress: (...at) => bars.show(...at) })
  } finally {
    bars.end()
    await store.close()
    await log.close()
  }
}

/** One bar after the other, a stage each. */
class Bars {
  readonly #wanted: boolean
  #stage: AuditStage | null = null
  #bar: Progress | null = null

  constructor(wanted: boolean) {
    this.#wanted = wanted
  }

  show(stage: AuditStage, done: number, total: number): void {
    if (stage !== this.#stage) {
      this.end()
      this.#bar = progressBar(stage, this.#wanted)
      this.#stage = stage
    }
    this.#bar?.update(done, total)
  }

  end(): void {
    this.#bar?.end()
    this.#bar = null
  }
}

function print(report: AuditReport): void {
  const { verdicts, gold, compared, findings } = report
  output.line(`realm ${report.realm}, log ${report.logId}, proved to offset ${report.provedTo}`)
  output.line(`commits    ${JSON.stringify(verdicts)}`)
  for (const { offset, reason } of report.deadLetters) output.line(`  dead letter at ${offset}: ${reason}`)
  output.line(`players    ${report.players}, guilds ${report.guilds}`)
  output.line(
    `gold       ${gold.total} = ${gold.start} at the start + ${gold.granted} granted - ${gold.spent} spent`,
  )
  if (compared === null) output.line("views      none of this log")
  else {
    const { documents, keys, guilds } = compared
    output.line(
      `views      ${documents} documents, ${keys} keys, ${guilds} guilds in the list, as of ${report.checkpoint}`,
    )
  }
  if (report.ok) output.line("audit      the log is sound, and the views are its fold")
  else output.line(`DIFFERENT  ${findings.count} findings ${JSON.stringify(findings.byKind)}`)
  for (const { kind, subject, field, expected, found } of findings.shown) {
    const where = field === "" ? subject : `${subject} ${field}`
    output.line(`  ${kind}: ${where}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
  }
}
