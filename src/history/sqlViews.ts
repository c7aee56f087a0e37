import { type EventType, eventTypes } from "../domain/events.js"
import { BASE_COLUMNS, columnName, landedFields, PARTITION_COLUMN } from "../lake/columns.js"
import { quoteName, quoteText } from "../lake/sql.js"
import type { SqlView, TableVersion } from "../ports/historyEngine.js"

/** The view of all events. */
const EVENTS_VIEW = "events"

/** The columns that the name of an event type's view makes redundant. */
const IN_THE_VIEW: readonly string[] = ["type"]

/**
 * The SQL views over the lake (R42), built from the event registry: `events` with all columns, and one per event type
 * with its own fields. Each has the event's id, `<offset>-<index>`. They contain all realms of the lake.
 */
export function sqlViews(
  table: (version: TableVersion) => string,
  version: TableVersion,
  registry: ReadonlyMap<string, EventType> = eventTypes,
): readonly SqlView[] {
  const from = `FROM ${table(version)} AS "rows"`
  const all = version.columns.map(({ name }) => quoteName(name))
  const events = { name: EVENTS_VIEW, select: `SELECT ${[EVENT_ID, ...all].join(", ")} ${from}` }
  const ofTypes = [...registry.values()].map(type => {
    const where = `WHERE "type" = ${quoteText(type.name)}`
    return { name: type.sqlView, select: `SELECT ${columnsOf(type).join(", ")} ${from} ${where}` }
  })
  return [events, ...ofTypes]
}

const EVENT_ID = `CAST("log_offset" AS VARCHAR) || '-' || CAST("event_index" AS VARCHAR) AS "id"`

function columnsOf(type: EventType): readonly string[] {
  const base = BASE_COLUMNS.map(({ name }) => name).filter(name => !IN_THE_VIEW.includes(name))
  const own = landedFields(type).map(({ field }) => columnName(field))
  return [EVENT_ID, ...[...base, PARTITION_COLUMN, ...own].map(quoteName)]
}
