import { type EventType, eventTypes } from "../domain/events.js"
import type { KindName } from "../domain/kinds.js"
import type { Column, ColumnKind } from "../ports/parquet.js"

/** The columns of every row, before the fields of its event (R34). */
export const BASE_COLUMNS: readonly Column[] = [
  { name: "realm", kind: "integer" },
  { name: "log_offset", kind: "long" },
  { name: "event_index", kind: "integer" },
  { name: "type", kind: "text" },
  { name: "player", kind: "text" },
  { name: "version", kind: "integer" },
  { name: "appended_at", kind: "time" },
  { name: "written_at", kind: "time" },
]

/** The day of the append time, `YYYY-MM-DD` in UTC: it is in the folders' names, not in the files. */
export const PARTITION_COLUMN = "dt"

const DAY_MS = 86_400_000

/** The day of a time, in UTC, as a number of days since 1970. */
export function dayNumber(at: number): number {
  return Math.floor(at / DAY_MS)
}

/** The day of a time, in UTC: `2024-05-01`. */
export function dayOf(at: number): string {
  return dayText(dayNumber(at))
}

export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** A field's column: `swordType` is `sword_type`, as SQL ignores case. */
export function columnName(field: string): string {
  return field.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

/** The fields of a type that land: neither personal ones nor the acting player, which every row has. */
export function landedFields({
  fields,
}: EventType): readonly { readonly field: string; readonly kind: KindName }[] {
  return Object.entries(fields)
    .filter(([field, { personal }]) => field !== "player" && !personal)
    .map(([field, { name }]) => ({ field, kind: name }))
}

/**
 * All columns of the table: the base columns, then the union of the event fields by name. Throws Error when two types
 * give one name two kinds, or use the name of a base column: the registry is wrong.
 */
export function tableColumns(registry: ReadonlyMap<string, EventType> = eventTypes): readonly Column[] {
  const columns = new Map<string, ColumnKind>(BASE_COLUMNS.map(({ name, kind }) => [name, kind]))
  const taken = new Set([...columns.keys(), PARTITION_COLUMN])
  for (const type of registry.values()) {
    for (const { field, kind } of landedFields(type)) {
      const name = columnName(field)
      if (taken.has(name)) throw new Error(`${type.name}.${field}: every row already has a column ${name}`)
      const known = columns.get(name)
      if (known !== undefined && known !== kind) {
        throw new Error(`${type.name}.${field}: the column ${name} is ${known} in another type, here ${kind}`)
      }
      columns.set(name, kind)
    }
  }
  return [...columns].map(([name, kind]) => ({ name, kind }))
}

/** The columns that readers see: those of the files, and the day. */
export function readableColumns(): readonly Column[] {
  return [...tableColumns(), { name: PARTITION_COLUMN, kind: "text" }]
}
