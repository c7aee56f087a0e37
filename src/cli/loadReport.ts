import type { LoadReport } from "../load/measure.js"
import { isGood, type LoadResult } from "../load/run.js"
import type { Audience, AudienceReport } from "../load/subscribers/audience.js"
import { KINDS } from "../load/subscribers/interest.js"
import { output } from "./output.js"

/** How many problems are printed. */
const SHOWN_MAX = 20

export function printResult(result: LoadResult, json: boolean): void {
  if (json) output.json(asJson(result))
  else {
    if (result.run !== null) printRun(result.run.id, result.run.report)
    if (hasListened(result.audience)) printAudience(result.audience.report)
    printTruth(result)
  }
}

/** `verified` is null if not requested; `differences` is a count, `shown` has the first lines of all problems. */
function asJson(result: LoadResult) {
  const { run, ledger, audience, differences } = result
  return {
    ...(run === null ? {} : { runId: run.id, ...run.report }),
    ...(hasListened(audience) ? { subscribers: audience.report } : {}),
    wrongAnswers: ledger.wrongCount,
    failed: ledger.failed,
    inDoubt: ledger.inDoubt.length,
    verified: differences === null ? null : isGood(result),
    differences: differences?.length ?? 0,
    shown: linesOf(result).slice(0, SHOWN_MAX),
  }
}

function linesOf({ ledger, audience, differences }: LoadResult): string[] {
  const { wrongAnswers, reasons } = ledger
  return [...wrongAnswers, ...(audience?.findings.shown ?? []), ...(differences ?? []), ...reasons]
}

function hasListened(audience: Audience | null): audience is Audience {
  return audience !== null && audience.report.count > 0
}

function printRun(runId: string, report: LoadReport): void {
  const { p50, p95, p99, max } = report.latencyMs
  output.line(`run ${runId}`)
  output.line(
    `effective  ${report.effective} commands in ${report.seconds} s: ${report.effectivePerSecond} per second`,
  )
  output.line(`refused    ${report.refused} ${JSON.stringify(report.refusals)}`)
  output.line(`latency    p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, max ${max} ms`)
  output.line(
    `retries    ${report.retries}, answered from an earlier try ${report.replayed}, faults ${JSON.stringify(report.faults)}`,
  )
}

function printAudience({ count, sockets, notices, resumed, latencyMs }: AudienceReport): void {
  output.line(
    `listening  ${count} subscribers on ${sockets} sockets: ${notices} notices, resumed ${resumed} times`,
  )
  for (const kind of KINDS) {
    const latency = latencyMs[kind]
    if (latency === undefined) continue
    const { p50, p95, p99, max } = latency
    output.line(`  ${kind.padEnd(14)} p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, max ${max} ms`)
  }
}

function printTruth(result: LoadResult): void {
  const { ledger, audience, differences } = result
  const { wrongCount, failed, inDoubt } = ledger
  if (isGood(result)) {
    if (hasListened(audience))
      output.line("heard      each subscriber received everything in its filter once, in order")
    if (differences !== null) output.line("verified   every promise is kept")
    return
  }
  output.line(`WRONG      ${wrongCount} answers; ${failed} commands failed, ${inDoubt.length} are in doubt`)
  if (audience !== null && audience.findings.total > 0) {
    output.line(`MISHEARD   ${JSON.stringify(audience.findings.counts)}`)
  }
  if (differences !== null) output.line(`DIFFERENT  ${differences.length} differences`)
  for (const line of linesOf(result).slice(0, SHOWN_MAX)) output.line(`  ${line}`)
}
