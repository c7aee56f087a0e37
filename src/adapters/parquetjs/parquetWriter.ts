import { PassThrough } from "node:stream"
import { buffer } from "node:stream/consumers"
import parquet from "parquetjs-lite"
import { storableCell } from "../../lake/storableCell.js"
import {
  type Column,
  type ColumnKind,
  type ParquetWriter,
  type RowBlock,
  type Table,
} from "../../ports/parquet.js"

/** After this many rows other work gets its turn. */
const TURN_ROWS = 500

/** Page version 1, without statistics and page index: with them readers find wrong values, or none. */
const OPTIONS = { useDataPageV2: false, pageIndex: false } as const

const types = {
  text: "UTF8",
  integer: "INT32",
  gold: "INT64",
  long: "INT64",
  flag: "BOOLEAN",
  time: "TIMESTAMP_MILLIS",
} as const satisfies Readonly<Record<ColumnKind, string>>

/** Parquet by parquetjs-lite, selected by PARQUET_WRITER. Several times slower than DuckDB. */
export class ParquetjsWriter implements ParquetWriter {
  async write({ columns, blocks }: Table): Promise<Uint8Array> {
    const out = new PassThrough()
    const bytes = buffer(out)
    const writer = await parquet.ParquetWriter.openStream(
      new parquet.ParquetSchema(schemaOf(columns)),
      out,
      OPTIONS,
    )
    for (const block of blocks) {
      for (const [n, row] of block.order.entries()) {
        await writer.appendRow(rowOf(columns, block, row))
        if (n % TURN_ROWS === 0) await new Promise(resolve => setImmediate(resolve))
      }
    }
    await writer.close()
    return bytes
  }

  async close(): Promise<void> {}
}

function schemaOf(columns: readonly Column[]) {
  const field = (kind: ColumnKind) =>
    ({ type: types[kind], optional: true, compression: "SNAPPY", statistics: false }) as const
  return Object.fromEntries(columns.map(({ name, kind }) => [name, field(kind)]))
}

/** The library expects nulls to be left out. */
function rowOf(columns: readonly Column[], block: RowBlock, row: number): Record<string, unknown> {
  const cells: Record<string, unknown> = {}
  for (const column of columns) {
    const value = storableCell(column, block, row)
    if (value !== null) cells[column.name] = column.kind === "time" ? new Date(Number(value)) : value
  }
  return cells
}
