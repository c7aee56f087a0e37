import { LandedReader } from "../history/landed.js"
import { ViewKeeper } from "../history/viewKeeper.js"
import type { Cell, EngineAnswer } from "../ports/historyEngine.js"
import { EndSignals } from "./ending.js"
import { type LakeEngines, openLake } from "./engines.js"
import { EXIT, output } from "./output.js"
import { readSettings } from "./settings.js"

/** More rows are no answer for a person: an export has other means. */
const ROWS_MAX = 100_000

export const SQL_FORMATS = ["table", "csv", "json"] as const
export type SqlFormat = (typeof SQL_FORMATS)[number]

export interface SqlOptions {
  readonly format: SqlFormat
}

/**
 * Runs a query of the operator's own over the lake's views; beside a running server or without one. It only reads.
 * Returns the exit code. Throws BAD_USER_INPUT for SQL that the engine does not take, LIMIT_EXCEEDED for more than
 * 100,000 rows, and what reading the lake throws.
 */
export async function sql(query: string, { format }: SqlOptions): Promise<number> {
  const lake = await openLake(readSettings(), { readOnly: true })
  const ending = new AbortController()
  const signals = new EndSignals(() => ending.abort())
  try {
    const answer = await ask(lake, query, ending.signal)
    for (const line of printed(answer, format)) output.line(line)
    return EXIT.ok
  } finally {
    signals.forget()
    await lake.close()
  }
}

async function ask({ lake, checkpoints, engine }: LakeEngines, query: string, signal: AbortSignal) {
  const reader = new LandedReader({ lake, checkpoints, genesis: null })
  const landed = await reader.read()
  for (const gap of landed.gaps) output.note(gap)
  if (landed.version().files.length === 0) output.note(`the lake at ${lake.root} is empty: has a lander run?`)
  await new ViewKeeper(reader, engine).keep(signal)
  return engine.query(query, { signal, rowsMax: ROWS_MAX })
}

/** An answer as lines. */
export function printed({ columns, rows }: EngineAnswer, format: SqlFormat): string[] {
  const cells = rows.map(row => columns.map(name => row[name] ?? null))
  switch (format) {
    case "json":
      return [JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? String(value) : value), 2)]
    case "csv":
      return [columns, ...cells].map(line => line.map(csvText).join(","))
    case "table":
      return table([[...columns], ...cells.map(line => line.map(tableText))], numeric(cells, columns.length))
  }
}

/** https://www.rfc-editor.org/rfc/rfc4180; null is empty. */
function csvText(cell: Cell): string {
  const text = cell === null ? "" : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function tableText(cell: Cell): string {
  return cell === null ? "-" : String(cell).replace(/\s+/g, " ")
}

/** Numbers stand to the right. */
function numeric(rows: readonly (readonly Cell[])[], columns: number): boolean[] {
  return Array.from({ length: columns }, (_, c) =>
    rows.every(row => ["number", "bigint"].includes(typeof row[c]) || row[c] === null),
  )
}

function table(lines: readonly (readonly string[])[], right: readonly boolean[]): string[] {
  const widths = right.map((_, c) => lines.reduce((most, line) => Math.max(most, line[c]?.length ?? 0), 0))
  const [head = [], ...rest] = lines
  const pad = (line: readonly string[]) => {
    const cells = line.map((text, c) =>
      right[c] ? text.padStart(widths[c] ?? 0) : text.padEnd(widths[c] ?? 0),
    )
    return cells.join("  ").trimEnd()
  }
  return [pad(head), widths.map(width => "-".repeat(width)).join("  "), ...rest.map(pad)]
}
