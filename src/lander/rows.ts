import { type EventType, eventTypes, type GameEvent } from "../domain/events.js"
import type { Judged } from "../log/judged.js"
import type { Column, Table, Value } from "../ports/parquet.js"
import { columnName, landedFields } from "./columns.js"

/** One event of an effective commit, as a row of the table. */
export interface Row {
  readonly log_offset: number
  readonly event_index: number
  readonly type: string
  readonly player: string
  readonly values: Readonly<Record<string, Value>>
}

/** The rows of a record: none but for an effective commit. The caller has seen that its events can be read. */
export function rowsOf(realm: number, judged: Judged, registry = eventTypes): Row[] {
  const { offset, at, commit, effect } = judged
  if (effect?.kind !== "events" || commit === null) return []
  const events = effect.commands.flatMap(command => command.events)
  return events.map((event, index) => {
    const place = { log_offset: offset, event_index: index }
    const { type, v: version } = event
    const { player } = event.data
    const base = { realm, ...place, type, player, version, appended_at: at, written_at: commit.at }
    return { ...place, type, player, values: { ...base, ...fieldsOf(event, registry) } }
  })
}

function fieldsOf(event: GameEvent, registry: ReadonlyMap<string, EventType>): Record<string, Value> {
  const type = registry.get(event.type)
  if (type === undefined) throw new Error(`no event type ${event.type}`)
  const data: Readonly<Record<string, unknown>> = event.data
  const fields = landedFields(type).map(({ field }) => [columnName(field), (data[field] ?? null) as Value])
  return Object.fromEntries(fields)
}

/** Rows as a table, sorted by (type, player, offset): what belongs together lies together, and packs well (R34). */
export function tableOf(columns: readonly Column[], rows: readonly Row[]): Table {
  const sorted = [...rows].sort(byTypePlayerOffset)
  const values = columns.map(({ name }) => sorted.map(row => row.values[name] ?? null))
  return { columns, values, rows: sorted.length }
}

function byTypePlayerOffset(one: Row, other: Row): number {
  return (
    compare(one.type, other.type) ||
    compare(one.player, other.player) ||
    one.log_offset - other.log_offset ||
    one.event_index - other.event_index
  )
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
