import type { Config } from "../app/config.js"
import { engineNames } from "../app/engines.js"
import { withLake, withStorage } from "../app/storage.js"
import { type AuditStage, audit as runAudit } from "../audit/audit.js"
import type { AuditReport } from "../audit/report.js"
import type { Progress } from "../lib/progress.js"
import { EXIT, output } from "./output.js"
import { progressBar } from "./progress.js"
import { readSettings } from "./settings.js"

/** How many frozen aggregates are printed; --json prints all. */
const FROZEN_SHOWN_MAX = 20

/**
 * Checks the log, and that the views and the lake are its fold, whether a server is running or not. Returns
 * the exit code: 1 if anything differs. Throws Faults and FolderError if there is nothing to audit.
 */
export async function audit({ json }: { readonly json: boolean }): Promise<number> {
  const config = readSettings()
  const report = await auditStorage(config, json)
  if (json) output.json(report)
  else print(report, config)
  return report.ok ? EXIT.ok : EXIT.failed
}

async function auditStorage(config: Config, json: boolean): Promise<AuditReport> {
  const { keyRetention } = config
  const bars = new Bars(!json)
  try {
    const progress = (stage: AuditStage, done: number, total: number) => bars.show(stage, done, total)
    return await withStorage(config, storage =>
      withLake(config, lake => runAudit({ ...storage, lake, keyRetention, progress })),
    )
  } finally {
    bars.end()
  }
}

/** One progress bar after the other, one for each stage. */
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

function lakeProved({ lake }: AuditReport): string {
  return lake === null ? "" : "; the lake has each event once"
}

function lakeOf({ lake }: AuditReport): string {
  if (lake === null) return "none of this log"
  const { landed, comparedTo, version, files, rows, bytes, gold } = lake
  const size = `${rows} rows in ${files} files of ${bytes} bytes`
  const sums = `gold ${gold.start} at the start + ${gold.granted} granted - ${gold.spent} spent`
  const to = comparedTo === landed ? `${landed}` : `${comparedTo}, where this build cannot read, of ${landed}`
  return `${size}, version ${version}, as of ${to}; ${sums}`
}

function print(report: AuditReport, config: Config): void {
  const { verdicts, gold, needs, compared, findings } = report
  output.line(`realm ${report.realm}, log ${report.logId}, proved to offset ${report.provedTo}`)
  const { log, views } = engineNames(config)
  output.line(`engines    log ${log}, views ${views}${log === "lmdb" ? `, in ${config.dataDir}/` : ""}`)
  output.line(`commits    ${JSON.stringify(verdicts)}`)
  for (const { offset, reason } of report.deadLetters) output.line(`  dead letter at ${offset}: ${reason}`)
  output.line(`players    ${report.players}, guilds ${report.guilds}`)
  output.line(
    `gold       ${gold.total} = ${gold.start} at the start + ${gold.granted} granted - ${gold.spent} spent`,
  )
  if (needs !== null) output.line(`views      not compared: ${needs.code}: ${needs.message}`)
  else if (compared === null) output.line("views      none of this log")
  else {
    const { documents, keys, guilds, scores } = compared
    const parts = `${documents} documents, ${keys} keys, ${guilds} guilds in the list, ${scores} scores`
    output.line(`views      ${parts}, as of ${report.checkpoint}`)
  }
  output.line(`lake       ${lakeOf(report)}`)
  for (const { aggregate, code, offset, reason } of report.frozen.slice(0, FROZEN_SHOWN_MAX)) {
    output.line(`frozen     ${aggregate} at offset ${offset}: ${code}: ${reason}`)
  }
  if (report.ok) output.line(`audit      the log is sound, and the views are its fold${lakeProved(report)}`)
  else if (findings.count === 0) output.line("NOT PROVED the log is sound, but another build made the views")
  else output.line(`DIFFERENT  ${findings.count} findings ${JSON.stringify(findings.byKind)}`)
  for (const { kind, subject, field, expected, found } of findings.shown) {
    const where = field === "" ? subject : `${subject} ${field}`
    output.line(`  ${kind}: ${where}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
  }
}
