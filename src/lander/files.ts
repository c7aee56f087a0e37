import type { Column, Table } from "../ports/parquet.js"
import type { Batch } from "./batch.js"
import { PARTITION_COLUMN } from "./columns.js"
import type { Add } from "./delta/actions.js"
import { EVENTS_FOLDER, tagsOf } from "./realmTable.js"
import { tableOf } from "./rows.js"

/** A Parquet file to be written. */
export interface FilePlan {
  readonly day: string
  /** Relative to the table. */
  readonly path: string
  readonly table: Table
}

/** One file for each day; its name tells realm and offsets, and is never used twice. */
export function planFiles(
  batch: Batch,
  realm: number,
  columns: readonly Column[],
  newId: () => string,
): FilePlan[] {
  return [...batch.days].map(([day, rows]) => {
    const path = `${PARTITION_COLUMN}=${day}/${realm}-${batch.start}-${batch.end}-${newId()}.parquet`
    return { day, path, table: tableOf(columns, rows) }
  })
}

export function lakePath({ path }: Pick<FilePlan, "path">): string {
  return `${EVENTS_FOLDER}/${path}`
}

/** The action that makes a written file count. */
export function addOf(
  { day, path, table }: FilePlan,
  size: number,
  batch: Batch,
  realm: number,
  now: number,
): Add {
  const { start, end, last } = batch
  return {
    path,
    partitionValues: { [PARTITION_COLUMN]: day },
    size,
    modificationTime: now,
    dataChange: true,
    stats: JSON.stringify({ numRecords: table.rows, nullCount: nullCounts(table) }),
    tags: tagsOf({ realm, start, end, ...last }),
  }
}

function nullCounts({ columns, values }: Table): Record<string, number> {
  const counts = columns.map(({ name }, c) => {
    const nulls = (values[c] ?? []).filter(value => value === null).length
    return [name, nulls] as const
  })
  return Object.fromEntries(counts)
}
