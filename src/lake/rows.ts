import { type EventType, eventTypes, type GameEvent } from "../domain/events.js"
import type { Judged } from "../log/judged.js"
import type { Value } from "../ports/parquet.js"
import { BASE_COLUMNS, columnName, landedFields } from "./columns.js"

/** One event of an effective commit, as a row of the table. */
export interface Row {
  readonly type: RowType
  readonly log_offset: number
  readonly event_index: number
  /** In the order of the type's columns. */
  readonly values: readonly Value[]
}

/** What all rows of an event type have in common. */
export interface RowType {
  readonly name: string
  /** The names of the columns in which they have values: those of every row, then the fields of the type. */
  readonly columns: readonly string[]
  readonly fields: readonly string[]
}

/** The rows of a record; none unless it is an effective commit. The caller has checked that its events can be read. */
export function rowsOf(realm: number, judged: Judged, registry = eventTypes): Row[] {
  const { offset, at, commit, effect } = judged
  if (effect?.kind !== "events" || commit === null) return []
  const place = { realm, offset, at, writtenAt: commit.at }
  const events = effect.commands.flatMap(command => command.events)
  return events.map((event, index) => rowOf(event, index, place, registry))
}

interface RecordBase {
  readonly realm: number
  readonly offset: number
  readonly at: number
  readonly writtenAt: number
}

function rowOf(
  event: GameEvent,
  index: number,
  { realm, offset, at, writtenAt }: RecordBase,
  registry: ReadonlyMap<string, EventType>,
): Row {
  const type = rowTypeOf(event.type, registry)
  const data: Readonly<Record<string, unknown>> = event.data
  const base = [realm, offset, index, event.type, event.data.player, event.v, at, writtenAt]
  const fields = type.fields.map(field => storedValue(data[field]))
  return { type, log_offset: offset, event_index: index, values: [...base, ...fields] }
}

/** Goods and prices are stored as JSON. */
function storedValue(value: unknown): Value {
  if (typeof value === "object" && value !== null) return JSON.stringify(value)
  return (value ?? null) as Value
}

/** A row's values by column. */
export function namedValues({ type, values }: Row): Readonly<Record<string, Value>> {
  return Object.fromEntries(type.columns.map((column, c) => [column, values[c] ?? null]))
}

const known = new WeakMap<EventType, RowType>()

/** Computed once for each type. */
function rowTypeOf(name: string, registry: ReadonlyMap<string, EventType>): RowType {
  const type = registry.get(name)
  if (type === undefined) throw new Error(`no event type ${name}`)
  const before = known.get(type)
  if (before !== undefined) return before
  const fields = landedFields(type).map(({ field }) => field)
  const columns = [...BASE_COLUMNS.map(column => column.name), ...fields.map(columnName)]
  const made = { name, columns, fields }
  known.set(type, made)
  return made
}
