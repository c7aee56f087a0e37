import { PARTITION_COLUMN } from "../lake/columns.js"
import type { Add } from "../lake/delta/actions.js"
import { EVENTS_FOLDER, tagsOf } from "../lake/realmTable.js"
import type { Column, RowBlock, Table } from "../ports/parquet.js"
import type { Batch } from "./batch.js"
import type { TypeRows } from "./typeRows.js"

/** A Parquet file to write. */
export interface FilePlan {
  readonly day: string
  /** Relative to the table. */
  readonly path: string
  readonly table: Table
  /** By column. */
  readonly nullCount: Readonly<Record<string, number>>
}

/** One file per day; its name contains realm and offsets, and is never used twice. */
export async function planFiles(
  batch: Batch,
  realm: number,
  columns: readonly Column[],
  newId: () => string,
): Promise<FilePlan[]> {
  const plans: FilePlan[] = []
  for (const [day, ofTypes] of batch.days) {
    const path = `${PARTITION_COLUMN}=${day}/${realm}-${batch.start}-${batch.end}-${newId()}.parquet`
    const nullCount = nullCounts(columns, ofTypes)
    plans.push({ day, path, table: await tableOf(columns, ofTypes), nullCount })
  }
  return plans
}

/** Rows as a table, sorted by (type, player, offset): related rows are adjacent, and compress well (R34). */
async function tableOf(columns: readonly Column[], ofTypes: readonly TypeRows[]): Promise<Table> {
  const blocks: RowBlock[] = []
  for (const rows of ofTypes.toSorted(byType)) blocks.push(await rows.block())
  return { columns, blocks }
}

function byType({ type: one }: TypeRows, { type: other }: TypeRows): number {
  return one.name < other.name ? -1 : 1
}

export function lakePath({ path }: Pick<FilePlan, "path">): string {
  return `${EVENTS_FOLDER}/${path}`
}

/** The action that adds a written file to the table. */
export function addOf(
  { day, path, table, nullCount }: FilePlan,
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
    stats: JSON.stringify({ numRecords: rowsIn(table), nullCount }),
    tags: tagsOf({ realm, start, end, ...last }),
  }
}

function rowsIn({ blocks }: Table): number {
  return blocks.reduce((sum, { order }) => sum + order.length, 0)
}

function nullCounts(columns: readonly Column[], ofTypes: readonly TypeRows[]): Record<string, number> {
  const counts = columns.map(({ name }) => {
    return [name, ofTypes.reduce((sum, section) => sum + section.nullsIn(name), 0)] as const
  })
  return Object.fromEntries(counts)
}
