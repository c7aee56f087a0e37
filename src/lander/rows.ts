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
  return events.map((event, index) =>
    rowOf(event, { realm, offset, index, at, writtenAt: commit.at }, registry),
  )
}

interface RowPlace {
  readonly realm: number
  readonly offset: number
  readonly index: number
  readonly at: number
  readonly writtenAt: number
}

/** All rows of a type get their values in one order: such objects are several times faster to read, and smaller. */
function rowOf(
  { type, v: version, data }: GameEvent,
  { realm, offset, index, at, writtenAt }: RowPlace,
  registry: ReadonlyMap<string, EventType>,
): Row {
  const { player } = data
  const place = { log_offset: offset, event_index: index }
  const values: Record<string, Value> = {
    realm,
    log_offset: offset,
    event_index: index,
    type,
    player,
    version,
    appended_at: at,
    written_at: writtenAt,
  }
  const fields: Readonly<Record<string, unknown>> = data
  for (const { field, column } of columnsOf(type, registry)) {
    values[column] = (fields[field] ?? null) as Value
  }
  return { ...place, type, player, values }
}

interface FieldColumn {
  readonly field: string
  readonly column: string
}

const known = new WeakMap<EventType, readonly FieldColumn[]>()

/** The columns of a type's fields; worked out once. */
function columnsOf(name: string, registry: ReadonlyMap<string, EventType>): readonly FieldColumn[] {
  const type = registry.get(name)
  if (type === undefined) throw new Error(`no event type ${name}`)
  const before = known.get(type)
  if (before !== undefined) return before
  const columns = landedFields(type).map(({ field }) => ({ field, column: columnName(field) }))
  known.set(type, columns)
  return columns
}

/** Rows as a table, sorted by (type, player, offset): what belongs together lies together, and packs well (R34). */
export function tableOf(columns: readonly Column[], rows: readonly Row[]): Table {
  const sorted = [...rows].sort(byTypePlayerOffset)
  const runs = runsOf(sorted)
  const values = columns.map(({ name }) => runs.flatMap(run => cellsOf(run, name)))
  return { columns, values, rows: sorted.length }
}

/** Rows of one type. */
interface Run {
  readonly rows: readonly Row[]
  readonly columns: ReadonlySet<string>
}

function runsOf(sorted: readonly Row[]): Run[] {
  const runs: Run[] = []
  for (let start = 0; start < sorted.length; ) {
    const { type, values } = sorted[start] as Row
    const after = sorted.findIndex((row, r) => r > start && row.type !== type)
    const end = after === -1 ? sorted.length : after
    runs.push({ rows: sorted.slice(start, end), columns: new Set(Object.keys(values)) })
    start = end
  }
  return runs
}

/** Looking for what no row of the run has would take most of the time. */
function cellsOf({ rows, columns }: Run, name: string): Value[] {
  return columns.has(name) ? rows.map(({ values }) => values[name] ?? null) : rows.map(() => null)
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
