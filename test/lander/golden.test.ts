import { readdirSync, readFileSync } from "node:fs"
import { parquetReadObjects } from "hyparquet"
import { compressors } from "hyparquet-compressors"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { eventTypes } from "../../src/domain/events.js"
import { quoteText } from "../../src/lake/sql.js"
import type { ColumnKind } from "../../src/ports/parquet.js"

const folder = new URL("../golden/parquet/", import.meta.url)

interface Twin {
  readonly columns: Readonly<Record<string, ColumnKind>>
  /** Times in milliseconds since 1970. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

function twinOf(name: string): Twin {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Twin
}

/** `<table>.<writer>.parquet` has the twin `<table>.json`. */
const golden = readdirSync(folder)
  .filter(file => file.endsWith(".parquet"))
  .map(file => ({ file, twin: twinOf(file.split(".").slice(0, 2).join(".")) }))

describe("a golden Parquet file", () => {
  let database: Database

  beforeAll(async () => {
    database = await Database.open()
  })
  afterAll(() => database.close())

  test.each(golden)("$file has the rows of its twin for hyparquet", async ({ file, twin }) => {
    const bytes = Uint8Array.from(readFileSync(new URL(file, folder)))
    const objects = await parquetReadObjects({ file: bytes.buffer, compressors })

    expect(objects.map(object => shownAs(twin, object))).toEqual(twin.rows)
  })

  test.each(golden)("$file has the rows of its twin for DuckDB", async ({ file, twin }) => {
    const names = Object.entries(twin.columns).map(([name, kind]) =>
      kind === "time" ? `epoch_ms("${name}") AS "${name}"` : `"${name}"`,
    )
    const objects = await database.reading(readFileSync(new URL(file, folder)), path =>
      database.connected(async connection => {
        const sql = `SELECT ${names.join(", ")} FROM read_parquet(${quoteText(path)})`
        return (await connection.runAndReadAll(sql)).getRowObjectsJS()
      }),
    )

    expect(objects.map(object => shownAs(twin, object))).toEqual(twin.rows)
  })
})

describe("the golden Parquet files", () => {
  const rows = [...twinOf("events.v1").rows, ...twinOf("market.v1").rows]
  const types = new Set(rows.map(({ type }) => type))

  test.each([...eventTypes.keys()])("hold a row of %s", type => {
    expect(types).toContain(type)
  })
})

/** The same values, however a reader represents numbers and times. */
function shownAs({ columns }: Twin, object: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.keys(columns).map(name => [name, shown(object[name])]))
}

function shown(value: unknown): unknown {
  if (value === undefined) return null
  if (value instanceof Date) return value.getTime()
  return typeof value === "bigint" ? Number(value) : value
}
