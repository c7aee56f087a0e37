import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from "@duckdb/node-api"
import { quoteName, quoteText, sqlTypes } from "../../lake/sql.js"
import { storableCell } from "../../lake/storableCell.js"
import {
  type Column,
  type ColumnKind,
  type ParquetWriter,
  type RowBlock,
  type Table,
} from "../../ports/parquet.js"
import type { Database } from "./database.js"

/** The size of a DuckDB vector; between two chunks other work gets its turn. */
const CHUNK_ROWS = 2048

/**
 * The types in which values are passed to DuckDB. Whole numbers beyond 32 bits are passed as doubles, exact up to
 * 2^53 - 1, and converted on DuckDB's threads: making a BigInt of each takes half as long again on ours.
 */
const handedOver: Readonly<Record<ColumnKind, DuckDBType>> = {
  text: VARCHAR,
  integer: INTEGER,
  gold: DOUBLE,
  long: DOUBLE,
  flag: BOOLEAN,
  time: DOUBLE,
}

/** Parquet by DuckDB: zstd, with data pages of version 1, as Presto needs (never PARQUET_VERSION v2). */
export class DuckdbParquetWriter implements ParquetWriter {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Each block becomes a temporary table with its own columns; the tables vanish with their connection. */
  async write(table: Table): Promise<Uint8Array> {
    return this.#database.connected(async connection => {
      const selects: string[] = []
      for (const [p, part] of table.blocks.entries()) {
        await stage(connection, `part_${p}`, table.columns, part)
        selects.push(`SELECT ${table.columns.map(column => cell(column, part))} FROM part_${p}`)
      }
      const rows = selects.join(" UNION ALL ")
      return this.#database.written(path =>
        connection.run(`COPY (${rows}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`),
      )
    })
  }

  async close(): Promise<void> {}
}

async function stage(
  connection: DuckDBConnection,
  table: string,
  all: readonly Column[],
  part: RowBlock,
): Promise<void> {
  const { values, order } = part
  const columns = all.filter(({ name }) => values.has(name))
  const types = columns.map(({ kind }) => handedOver[kind])
  const definitions = columns.map(({ name }, c) => `${quoteName(name)} ${types[c]}`)
  await connection.run(`CREATE TEMP TABLE ${table} (${definitions.join(", ")})`)
  const appender = await connection.createAppender(table)
  for (let start = 0; start < order.length; start += CHUNK_ROWS) {
    const rows = order.slice(start, start + CHUNK_ROWS)
    const chunk = DuckDBDataChunk.create(types, rows.length)
    for (const [c, column] of columns.entries()) {
      chunk.setColumnValues(
        c,
        rows.map(row => storableCell(column, part, row)),
      )
    }
    appender.appendDataChunk(chunk)
    // Otherwise all chunks would be appended at once, at the end.
    appender.flushSync()
    await new Promise(resolve => setImmediate(resolve))
  }
  appender.closeSync()
}

/** Converts a column of a block's table to the type in the file. */
function cell({ name, kind }: Column, { values }: RowBlock): string {
  const column = quoteName(name)
  if (!values.has(name)) return `CAST(NULL AS ${sqlTypes[kind]}) AS ${column}`
  if (kind === "time") return `make_timestamptz(CAST(${column} AS BIGINT) * 1000) AS ${column}`
  return `CAST(${column} AS ${sqlTypes[kind]}) AS ${column}`
}
