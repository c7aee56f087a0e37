import type { Measured } from "../measure.js"
import { reportOf } from "../report.js"
import { isGood, type LoadResult } from "../result.js"
import { latencyChart, percentileChart, throughputChart } from "./charts.js"
import { percentilesOf, timelineOf } from "./timeline.js"

/** What a page says of its run besides the result. */
export interface PageParts {
  readonly id: string
  readonly measured: Measured
  readonly result: LoadResult
  /** What was asked for, by the names of the options. */
  readonly settings: Readonly<Record<string, string | number>>
  /** How many commands were due in a second; null in a closed loop. */
  readonly rate: number | null
}

/** A page about a run that needs nothing from elsewhere: neither scripts, nor styles, nor pictures. */
export function pageOf({ id, measured, result, settings, rate }: PageParts): string {
  const timeline = timelineOf(measured)
  const title = `guildhall load: run ${id}`
  const began = new Date(measured.beganAt).toISOString()
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${escaped(began)}. ${verdict(result)}</p>
${problems(result)}
<div class="tables">
<div>${table("Latency", latenciesOf(measured))}${table("Totals", totalsOf(measured, result))}</div>
${table("Settings", settings)}
</div>
<h2>Latency over time</h2>
<p>${from(rate)}, by the second in which the answer came.</p>
${latencyChart(timeline)}
<h2>Latency by percentile</h2>
${percentileChart(percentilesOf(measured))}
<h2>Throughput over time</h2>
${throughputChart(timeline, rate)}
</body>
</html>
`
}

const STYLE = `
body { font: 15px/1.4 Arial, Helvetica, sans-serif; color: #222; max-width: 1000px; margin: 24px auto; padding: 0 16px }
h1 { font-size: 22px } h2 { font-size: 17px; margin: 28px 0 4px } p { margin: 4px 0 12px }
.tables { display: flex; flex-wrap: wrap; gap: 12px 40px; align-items: flex-start }
table { border-collapse: collapse; margin-bottom: 8px } caption { text-align: left; font-weight: bold; padding: 8px 0 4px }
th, td { text-align: left; font-weight: normal; padding: 2px 14px 2px 0; vertical-align: top }
td { font-variant-numeric: tabular-nums; max-width: 300px; overflow-wrap: anywhere }
.wrong { color: #b00020 } svg { max-width: 100%; height: auto }
`

function from(rate: number | null): string {
  return rate === null
    ? "From the request to the definite answer"
    : "From when a command was due to its answer"
}

function verdict(result: LoadResult): string {
  if (!isGood(result)) return '<strong class="wrong">Something was wrong.</strong>'
  return result.differences === null
    ? "Every answer was right."
    : "Every answer was right, and every promise was kept."
}

function problems({ shown }: LoadResult): string {
  if (shown.length === 0) return ""
  return `<ul class="wrong">${shown.map(one => `<li>${escaped(one)}</li>`).join("")}</ul>`
}

function totalsOf(measured: Measured, result: LoadResult): Readonly<Record<string, string | number>> {
  const report = reportOf(measured)
  const { unsent } = report
  return {
    seconds: report.seconds,
    commands: report.commands,
    effective: report.effective,
    "effective per second": report.effectivePerSecond,
    refused: counted(report.refused, report.refusals),
    ...(unsent === null ? {} : { "due but not sent": unsent }),
    retries: report.retries,
    faults: counted(null, report.faults),
    "wrong answers": result.wrongAnswers,
    failed: result.failed,
    "in doubt": result.inDoubt,
    ...(result.differences === null ? {} : { differences: result.differences }),
  }
}

function counted(total: number | null, byName: Readonly<Record<string, number>>): string {
  const names = Object.entries(byName).map(([name, count]) => `${name} ${count}`)
  const parts = names.length === 0 ? "" : names.join(", ")
  if (total === null) return parts === "" ? "none" : parts
  return parts === "" ? String(total) : `${total} (${parts})`
}

function latenciesOf(measured: Measured): Readonly<Record<string, string>> {
  const { latencyMs } = reportOf(measured)
  return Object.fromEntries(Object.entries(latencyMs).map(([name, ms]) => [name, `${ms} ms`]))
}

function table(caption: string, rows: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(rows).map(([name, value]) => {
    return `<tr><th scope="row">${escaped(name)}</th><td>${escaped(String(value))}</td></tr>`
  })
  return `<table><caption>${escaped(caption)}</caption>${lines.join("")}</table>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, one => ENTITIES[one] ?? one)
}
