import { wholeNumber } from "../../lib/wholeNumber.js"
import type { Cell } from "../../ports/historyEngine.js"

const WHOLE = new Set(["bigint", "integer", "smallint", "tinyint"])
const FLOATING = new Set(["double", "real"])

/** Converts a Presto value to a cell of the engine port. Long numbers arrive as texts, so that none is rounded. */
export function cellOf(value: unknown, type: string): Cell {
  if (value === null || value === undefined) return null
  if (WHOLE.has(type)) return wholeNumber(BigInt(value as string | number))
  if (FLOATING.has(type)) return Number(value)
  if (typeof value === "boolean" || typeof value === "string") return value
  return JSON.stringify(value)
}
