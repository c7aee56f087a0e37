import { type LoadReport, reportOf } from "../load/report.js"
import { isGood, type LoadResult, misheard } from "../load/result.js"
import type { AudienceReport } from "../load/subscribers/audience.js"
import { KINDS } from "../load/subscribers/interest.js"
import { output } from "./output.js"

export function printResult(result: LoadResult, json: boolean): void {
  if (json) output.json(asJson(result))
  else {
    if (result.run !== null) printRun(result.run.id, reportOf(result.run.measured))
    if (result.audience !== null) printAudience(result.audience)
    printTruth(result)
  }
}

/** `verified` is null if not requested; `differences` is a count, `shown` has the first lines of all problems. */
function asJson(result: LoadResult) {
  const { run, audience, wrongAnswers, failed, inDoubt, differences, died, shown } = result
  return {
    ...(run === null ? {} : { runId: run.id, ...reportOf(run.measured) }),
    ...(audience === null ? {} : { subscribers: audience }),
    wrongAnswers,
    failed,
    inDoubt,
    verified: differences === null ? null : isGood(result),
    differences: differences ?? 0,
    died,
    shown,
  }
}

function printRun(runId: string, report: LoadReport): void {
  const { unsent } = report
  const { p50, p90, p95, p99, "p99.9": p999, max } = report.latencyMs
  output.line(`run ${runId}`)
  output.line(`commands   ${report.commands} answered`)
  output.line(
    `effective  ${report.effective} commands in ${report.seconds} s: ${report.effectivePerSecond} per second`,
  )
  output.line(`refused    ${report.refused} ${JSON.stringify(report.refusals)}`)
  if (unsent !== null) output.line(`unsent     ${unsent} that were due`)
  output.line(
    `latency    p50 ${p50} ms, p90 ${p90} ms, p95 ${p95} ms, p99 ${p99} ms, p99.9 ${p999} ms, max ${max} ms`,
  )
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
  const { wrongAnswers, failed, inDoubt, audience, differences, died, shown } = result
  if (isGood(result)) {
    if (audience !== null)
      output.line("heard      each subscriber received everything in its filter once, in order")
    if (differences !== null) output.line("verified   every promise is kept")
    return
  }
  output.line(`WRONG      ${wrongAnswers} answers; ${failed} commands failed, ${inDoubt} are in doubt`)
  if (misheard(result) > 0) output.line(`MISHEARD   ${JSON.stringify(audience?.findings)}`)
  if (differences !== null) output.line(`DIFFERENT  ${differences} differences`)
  if (died.length > 0)
    output.line(`DIED       processes: ${died.length}; what they were promised is not known`)
  for (const line of shown) output.line(`  ${line}`)
}
