import { type Outcome, refusedIn } from "./scenarios.js"

const COLUMNS = [
  "request",
  "sent",
  "answered",
  "in the log",
  "refused",
  "replayed",
  "per s",
  "p50 ms",
  "p95 ms",
  "p99 ms",
  "max ms",
] as const

/** The outcomes as a table of text, and a line for each reason of a refusal. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = [COLUMNS, ...outcomes.map(cellsOf)]
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map(row => row[i]?.length ?? 0)))
  const lines = rows.map(row =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  )
  return [...lines, "", ...outcomes.flatMap(refusalsOf)].join("\n")
}

function cellsOf({ name, sent, bench, fate }: Outcome): readonly string[] {
  const counts = [sent, bench.answered, fate.inLog ?? "-", refusedIn(fate), fate.replayed]
  const within = [50, 95, 99].map(percent => bench.percentiles[percent] ?? Number.NaN)
  return [
    name,
    ...counts.map(String),
    bench.perSecond.toFixed(0),
    ...within.map(ms => ms.toFixed(1)),
    bench.max.toFixed(0),
  ]
}

function refusalsOf({ name, fate }: Outcome): readonly string[] {
  const codes = [...fate.refused].map(([code, count]) => `${count} ${code}`)
  return codes.length === 0 ? [] : [`refused  ${name}: ${codes.join(", ")}`]
}
