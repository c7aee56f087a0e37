import type { Column, RowBlock, Value } from "../ports/parquet.js"

/**
 * The value of a column in a row, checked for every implementation. Throws RangeError for a number that would be stored
 * wrongly. It checks one cell at a time: a pass over a whole table would block the process.
 */
export function storableCell({ name, kind }: Column, { values }: RowBlock, row: number): Value {
  const value = values.get(name)?.[row] ?? null
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value
  throw new RangeError(
    `${name}: expected a whole number (${kind}) of at most 2^53 - 1 either way, got ${value}`,
  )
}
