import { quoteText } from "../../lake/sql.js"
import type { CheckpointFiles, JsonAction } from "../../ports/checkpointFiles.js"
import type { Database } from "./database.js"
import { pathPattern } from "./paths.js"

/** The columns of a Delta checkpoint: https://github.com/delta-io/delta/blob/master/PROTOCOL.md#checkpoint-schema */
const COLUMNS = `{
  txn: 'STRUCT(appId VARCHAR, "version" BIGINT, lastUpdated BIGINT)',
  add: 'STRUCT("path" VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT,
    dataChange BOOLEAN, stats VARCHAR, tags MAP(VARCHAR, VARCHAR))',
  remove: 'STRUCT("path" VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN,
    partitionValues MAP(VARCHAR, VARCHAR), size BIGINT)',
  metaData: 'STRUCT(id VARCHAR, "name" VARCHAR, description VARCHAR,
    format STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR)), schemaString VARCHAR,
    partitionColumns VARCHAR[], configuration MAP(VARCHAR, VARCHAR), createdTime BIGINT)',
  protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)'
}`

const NAMES = ["txn", "add", "remove", "metaData", "protocol"] as const

/** Delta checkpoints, written and read by DuckDB. */
export class DuckdbCheckpointFiles implements CheckpointFiles {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  encode(actions: readonly JsonAction[]): Promise<Uint8Array> {
    const lines = Buffer.from(actions.map(action => `${JSON.stringify(action)}\n`).join(""))
    return this.#database.reading(lines, json =>
      this.#database.written(parquet => {
        const rows = `read_json(${pathPattern(json)}, format = 'newline_delimited', hive_partitioning = false, columns = ${COLUMNS})`
        const copy = `COPY (SELECT * FROM ${rows}) TO ${quoteText(parquet)} (FORMAT parquet, COMPRESSION snappy)`
        return this.#database.connected(connection => connection.run(copy))
      }),
    )
  }

  decode(bytes: Uint8Array): Promise<readonly JsonAction[]> {
    return this.#database.reading(bytes, path =>
      this.#database.connected(async connection => {
        const source = `read_parquet(${pathPattern(path)}, hive_partitioning = false)`
        const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)
        const there = new Set(described.getRowsJS().map(([name]) => String(name)))
        const wanted = NAMES.filter(name => there.has(name))
        if (wanted.length === 0) throw new Error("not a checkpoint: it has none of a checkpoint's columns")
        const texts = wanted.map(name => `to_json("${name}")`).join(", ")
        const rows = await connection.runAndReadAll(`SELECT ${texts} FROM ${source}`)
        return rows.getRowsJS().map(row => actionOf(wanted, row))
      }),
    )
  }
}

function actionOf(names: readonly string[], row: readonly unknown[]): JsonAction {
  const parts = names.map((name, i) => [name, parse(row[i])] as const)
  return Object.fromEntries(parts.filter(([, part]) => part !== null))
}

function parse(text: unknown): unknown {
  return typeof text === "string" ? withoutNulls(JSON.parse(text)) : null
}

/** The columns whose own values may be null: a file may be in no partition. */
const MAPS: readonly string[] = ["partitionValues", "tags", "options", "configuration"]

/** A struct in Parquet has all of its fields; those that were not written are null. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, MAPS.includes(name) ? inner : withoutNulls(inner)]),
  )
}
