import { type DuckDBType, DuckDBTypeId, type DuckDBValue, JsonDuckDBValueConverter } from "@duckdb/node-api"
import { wholeNumber } from "../../lib/wholeNumber.js"
import type { Cell } from "../../ports/historyEngine.js"

/** Converts a DuckDB value to a cell of the engine port. */
export function cellOf(value: DuckDBValue, type: DuckDBType): Cell {
  if (value === null) return null
  if (typeof value === "bigint") return wholeNumber(value)
  if (type.typeId === DuckDBTypeId.DOUBLE || type.typeId === DuckDBTypeId.FLOAT) return Number(value)
  const json = JsonDuckDBValueConverter(value, type, JsonDuckDBValueConverter)
  return typeof json === "object" && json !== null ? JSON.stringify(json) : json
}
