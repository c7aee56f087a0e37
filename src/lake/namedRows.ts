import type { Cell, EngineAnswer } from "../ports/historyEngine.js"

/** A row by column name, from SQL that names each column differently. */
export type NamedRow = Readonly<Record<string, Cell>>

/** The rows by column name. Throws Error when two columns share one: a value would be lost. */
export function namedRows({ columns, rows }: EngineAnswer): readonly NamedRow[] {
  if (new Set(columns).size < columns.length) {
    throw new Error(`history: expected columns of different names, got ${columns.join(", ")}`)
  }
  return rows.map(row => Object.fromEntries(columns.map((name, c) => [name, row[c] ?? null])))
}
