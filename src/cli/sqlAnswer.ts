import type { Cell, EngineAnswer, EngineRow } from "../ports/historyEngine.js"

export const SQL_FORMATS = ["table", "csv", "json"] as const
export type SqlFormat = (typeof SQL_FORMATS)[number]

/** How far a realm's log had landed when a query was run. */
export interface LandedRealm {
  readonly realm: number
  /** Exclusive. */
  readonly offset: number
  /** Records beyond it; null if that is unknown. */
  readonly notLanded: number | null
}

export interface PrintOptions {
  readonly format: SqlFormat
  /** How many rows are printed, at most. */
  readonly limit: number
  readonly realms: readonly LandedRealm[]
}

/** An answer as lines. */
export function printed(answer: EngineAnswer, { format, limit, realms }: PrintOptions): string[] {
  const { columns } = answer
  const rows = answer.rows.slice(0, limit)
  switch (format) {
    case "json":
      return [jsonText({ asOf: realms, rowCount: answer.rows.length, columns, rows: objects(columns, rows) })]
    case "csv":
      return [columns, ...rows].map(line => line.map(csvText).join(","))
    case "table":
      return table([[...columns], ...rows.map(line => line.map(tableText))], numeric(rows, columns.length))
  }
}

/** Integers beyond 2^53 become strings, as JSON's numbers cannot hold them. */
function jsonText(value: object): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner), 2)
}

/** A second column with the same name becomes `name_2`, so that no value is lost. */
function objects(columns: readonly string[], rows: readonly EngineRow[]): Readonly<Record<string, Cell>>[] {
  const names: string[] = []
  for (const column of columns) {
    let name = column
    for (let i = 2; names.includes(name); i++) name = `${column}_${i}`
    names.push(name)
  }
  return rows.map(row => Object.fromEntries(names.map((name, c) => [name, row[c] ?? null])))
}

/** By https://www.rfc-editor.org/rfc/rfc4180; null is empty. */
function csvText(cell: Cell): string {
  const text = cell === null ? "" : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function tableText(cell: Cell): string {
  return cell === null ? "-" : String(cell).replace(/\s+/g, " ")
}

/** Which columns hold only numbers: they are aligned to the right. */
function numeric(rows: readonly EngineRow[], columns: number): boolean[] {
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
