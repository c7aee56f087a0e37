import type { KindName } from "../domain/kinds.js"

/** A column of the lake's table. All event columns are nullable. */
export interface Column {
  readonly name: string
  readonly kind: ColumnKind
}

/** The kinds of event fields, and what only the lake has: whole numbers beyond 32 bits. */
export type ColumnKind = KindName | "long"

/** Of the column's kind: text a string; integer, gold and long a number; flag a boolean; time milliseconds since 1970. */
export type Value = string | number | boolean | null

/** Rows, part by part. */
export interface Table {
  readonly columns: readonly Column[]
  readonly blocks: readonly RowBlock[]
}

/** Rows with values in the same columns, by name; in all others they are null, which costs nothing. */
export interface RowBlock {
  readonly values: ReadonlyMap<string, readonly Value[]>
  /** The rows as they are to be written: their places in each of the values. */
  readonly order: readonly number[]
}

/** Makes Parquet files (https://parquet.apache.org) that Presto, Spark, Trino, DuckDB and pandas read alike. */
export interface ParquetWriter {
  /** One file; the table has at least one part. Throws RangeError for a value that it would store wrongly. */
  write(table: Table): Promise<Uint8Array>

  close(): Promise<void>
}
