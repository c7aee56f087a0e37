import {
  BIGINT,
  BOOLEAN,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  TIMESTAMPTZ,
  VARCHAR,
} from "@duckdb/node-api"
import {
  assertStorable,
  type Column,
  type ColumnKind,
  type ParquetWriter,
  type Table,
  type Value,
} from "../../ports/parquet.js"
import { quoteName, quoteText } from "../../ports/sql.js"
import type { Database } from "./database.js"

/** As many as one of DuckDB's vectors holds; between two of them others get their turn. */
const CHUNK_ROWS = 2048

const types: Readonly<Record<ColumnKind, DuckDBType>> = {
  text: VARCHAR,
  integer: INTEGER,
  gold: BIGINT,
  long: BIGINT,
  flag: BOOLEAN,
  time: TIMESTAMPTZ,
}

/** Parquet by DuckDB: zstd, data pages of version 1, which Presto reads (never PARQUET_VERSION v2). */
export class DuckdbParquetWriter implements ParquetWriter {
  readonly #database: Database
  #tables = 0

  constructor(database: Database) {
    this.#database = database
  }

  async write(table: Table): Promise<Uint8Array> {
    assertStorable(table)
    this.#tables += 1
    const name = `staged_${this.#tables}`
    return this.#database.connected(async connection => {
      await connection.run(`CREATE TEMP TABLE ${name} (${table.columns.map(definition).join(", ")})`)
      await append(connection, name, table)
      const written = await this.#database.written(path =>
        connection.run(`COPY ${name} TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`),
      )
      await connection.run(`DROP TABLE ${name}`)
      return written
    })
  }

  async close(): Promise<void> {}
}

function definition({ name, kind }: Column): string {
  return `${quoteName(name)} ${types[kind].toString()}`
}

async function append(
  connection: DuckDBConnection,
  name: string,
  { columns, values, rows }: Table,
): Promise<void> {
  const appender = await connection.createAppender(name)
  const columnTypes = columns.map(({ kind }) => types[kind])
  for (let start = 0; start < rows; start += CHUNK_ROWS) {
    const end = Math.min(rows, start + CHUNK_ROWS)
    const chunk = DuckDBDataChunk.create(columnTypes, end - start)
    chunk.setColumns(columns.map(({ kind }, c) => cells(kind, (values[c] ?? []).slice(start, end))))
    appender.appendDataChunk(chunk)
    await new Promise(resolve => setImmediate(resolve))
  }
  appender.closeSync()
}

function cells(kind: ColumnKind, values: readonly Value[]): DuckDBValue[] {
  switch (kind) {
    case "gold":
    case "long":
      return values.map(value => (value === null ? null : BigInt(value)))
    case "time":
      return values.map(value => (value === null ? null : new DuckDBTimestampTZValue(BigInt(value) * 1000n)))
    default:
      return [...values]
  }
}
