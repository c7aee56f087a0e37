import { Fault } from "../ports/faults.js"
import type { Column } from "../ports/parquet.js"
import { PARTITION_COLUMN } from "./columns.js"
import {
  type Action,
  type MetaData,
  parseSchema,
  READER_VERSION,
  type StructField,
  schemaString,
  structFields,
  WRITER_VERSION,
} from "./delta/actions.js"
import type { Snapshot } from "./delta/snapshot.js"

/**
 * What a commit must contain before the first file with our columns: actions that create the table, or add the columns
 * that it lacks (R37). No column is dropped or changed. Throws LAKE_CORRUPT when our files do not fit the table.
 */
export function schemaActions(
  { metaData, protocol }: Snapshot,
  columns: readonly Column[],
  newId: () => string,
  now: number,
): Action[] {
  const ours = structFields(columns)
  if (metaData === null || protocol === null) return newTable(ours, newId(), now)
  assertPartitioned(metaData)
  const theirs = parseSchema(metaData.schemaString)
  const known = new Map(theirs.map(({ name, type }) => [name, type]))
  for (const { name, type } of ours) assertSameType(name, type, known.get(name) ?? type)
  const added = ours.filter(({ name }) => !known.has(name))
  if (added.length === 0) return []
  return [{ metaData: { ...metaData, schemaString: schemaString([...theirs, ...added]) } }]
}

function newTable(fields: readonly StructField[], id: string, now: number): Action[] {
  const metaData: MetaData = {
    id,
    name: "events",
    format: { provider: "parquet", options: {} },
    schemaString: schemaString(fields),
    partitionColumns: [PARTITION_COLUMN],
    configuration: {},
    createdTime: now,
  }
  return [{ protocol: { minReaderVersion: READER_VERSION, minWriterVersion: WRITER_VERSION } }, { metaData }]
}

function assertPartitioned({ partitionColumns }: MetaData): void {
  if (partitionColumns.length === 1 && partitionColumns[0] === PARTITION_COLUMN) return
  const found = partitionColumns.join(", ") || "nothing"
  throw new Fault(
    "LAKE_CORRUPT",
    `lake: expected a table that is partitioned by ${PARTITION_COLUMN}, found it partitioned by ${found}`,
  )
}

function assertSameType(name: string, ours: unknown, theirs: unknown): void {
  const [expected, found] = [JSON.stringify(ours), JSON.stringify(theirs)]
  if (expected === found) return
  throw new Fault(
    "LAKE_CORRUPT",
    `lake: expected the column ${name} to be ${expected}, the table has ${found}`,
  )
}
