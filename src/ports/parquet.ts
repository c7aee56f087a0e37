import type { JsonKind, KindName } from "../domain/kinds.js"

/** A column of the lake's table. All event columns are nullable. */
export interface Column {
  readonly name: string
  readonly kind: ColumnKind
}

/** The kinds of event fields, and one that only the lake has: whole numbers beyond 32 bits. */
export type ColumnKind = Exclude<KindName, JsonKind> | "long"

/** By column kind: text is a string; integer, gold, long a number; flag a boolean; time milliseconds since 1970. */
export type Value = string | number | boolean | null

/** Rows, block by block. */
export interface Table {
  readonly columns: readonly Column[]
  readonly blocks: readonly RowBlock[]
}

/** Rows that have values in the same columns, by column name; all other columns are null, at no cost. */
export interface RowBlock {
  readonly values: ReadonlyMap<string, readonly Value[]>
  /** The order in which to write the rows: their indexes in each column's values. */
  readonly order: readonly number[]
}

/** Makes Parquet files (https://parquet.apache.org) that Presto, Spark, Trino, DuckDB and pandas read alike. */
export interface ParquetWriter {
  /** Returns one file; the table has at least one block. Throws RangeError for a value that it would store wrongly. */
  write(table: Table): Promise<Uint8Array>

  close(): Promise<void>
}
