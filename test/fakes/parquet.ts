import type { CheckpointFiles, JsonAction } from "../../src/ports/checkpointFiles.js"
import type { ParquetWriter, Table, Value } from "../../src/ports/parquet.js"

/** Files that a test can read without any library: JSON with the names of the columns, and the rows. */
export class JsonParquetWriter implements ParquetWriter {
  async write({ columns, blocks }: Table): Promise<Uint8Array> {
    const names = columns.map(({ name }) => name)
    const lines = blocks.flatMap(({ values, order }) =>
      order.map(row => names.map(name => values.get(name)?.[row] ?? null)),
    )
    return Buffer.from(JSON.stringify({ names, lines }))
  }

  async close(): Promise<void> {}
}

export type JsonRow = Readonly<Record<string, Value>>

/** What `JsonParquetWriter` wrote. */
export function readJsonParquet(bytes: Uint8Array): { names: readonly string[]; rows: readonly JsonRow[] } {
  const { names, lines } = JSON.parse(Buffer.from(bytes).toString("utf8")) as {
    readonly names: readonly string[]
    readonly lines: readonly (readonly Value[])[]
  }
  const rows = lines.map(line => Object.fromEntries(names.map((name, c) => [name, line[c] ?? null])))
  return { names, rows }
}

/** Checkpoints as JSON. */
export class JsonCheckpointFiles implements CheckpointFiles {
  async encode(actions: readonly JsonAction[]): Promise<Uint8Array> {
    return Buffer.from(JSON.stringify(actions))
  }

  async decode(bytes: Uint8Array): Promise<readonly JsonAction[]> {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as readonly JsonAction[]
  }
}
