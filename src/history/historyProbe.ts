import { PARTITION_COLUMN } from "../lake/columns.js"
import { quoteName, quoteText } from "../lake/sql.js"
import type { HistoryEngine } from "../ports/historyEngine.js"
import type { Landed } from "./landed.js"

/**
 * Asks the engine for one row of the table, the way reports do: it has to find the table and open a file. Before the
 * first landing there is no table, so only the engine itself is checked. Throws what `HistoryEngine.query` throws.
 */
export async function probeHistory(
  engine: HistoryEngine,
  landed: Landed | null,
  signal: AbortSignal,
): Promise<void> {
  await engine.query(probeSql(engine, landed), { signal, rowsMax: 1 })
}

function probeSql(engine: HistoryEngine, landed: Landed | null): string {
  const sample = landed?.sample() ?? null
  if (sample === null) return "SELECT 1"
  const day = `${quoteName(PARTITION_COLUMN)} = ${quoteText(sample.day)}`
  return `SELECT 1 FROM ${engine.eventsTable(sample.version)} AS "events" WHERE ${day} LIMIT 1`
}
