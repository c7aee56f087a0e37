/** What we use of parquetjs-lite 0.8.7, which has no types. */
declare module "parquetjs-lite" {
  import type { Writable } from "node:stream"

  interface FieldDefinition {
    readonly type: "UTF8" | "INT32" | "INT64" | "BOOLEAN" | "TIMESTAMP_MILLIS"
    readonly optional: true
    readonly compression: "SNAPPY"
    readonly statistics: false
  }

  class ParquetSchema {
    constructor(fields: Readonly<Record<string, FieldDefinition>>)
  }

  class ParquetWriter {
    static openStream(
      schema: ParquetSchema,
      stream: Writable,
      options: { readonly useDataPageV2: false; readonly pageIndex: false },
    ): Promise<ParquetWriter>
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>
    close(): Promise<void>
  }

  const parquet: {
    readonly ParquetSchema: typeof ParquetSchema
    readonly ParquetWriter: typeof ParquetWriter
  }
  export default parquet
}
