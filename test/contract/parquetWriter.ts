import { parquetReadObjects } from "hyparquet"
import { compressors } from "hyparquet-compressors"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { quoteText } from "../../src/lake/sql.js"
import type { Column, ParquetWriter, RowBlock, Table, Value } from "../../src/ports/parquet.js"

const columns: readonly Column[] = [
  { name: "log_offset", kind: "long" },
  { name: "capacity", kind: "integer" },
  { name: "price", kind: "gold" },
  { name: "sword_type", kind: "text" },
  { name: "won", kind: "flag" },
  { name: "appended_at", kind: "time" },
]

const SAFE = Number.MAX_SAFE_INTEGER

/** Every kind at its bounds, null, and texts of all sorts. */
const rows: readonly (readonly Value[])[] = [
  [0, 0, 0, "dagger", true, 0],
  [SAFE, 2 ** 31 - 1, SAFE, "🗡️ кинжал 剣", false, Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
  [-SAFE, -(2 ** 31), -SAFE, "", true, -1],
  [1, 1, 1, "it's; -- \" \\ {}\n\t", null, Date.UTC(9999, 11, 31)],
  [null, null, null, null, null, null],
  [2, 2, 2, "x".repeat(1_000_000), false, Date.UTC(1970, 0, 1)],
]

function tableOf(some: readonly (readonly Value[])[]): Table {
  return { columns, blocks: [partOf(some)] }
}

function partOf(some: readonly (readonly Value[])[]): RowBlock {
  const values = columns.map(({ name }, c) => [name, some.map(row => row[c] ?? null)] as const)
  return { values: new Map(values), order: [...some.keys()] }
}

/** What every Parquet writer must do, read back by two independent readers. */
export function parquetWriterContract(name: string, open: (database: Database) => ParquetWriter): void {
  describe(`the Parquet writer ${name}`, () => {
    let database: Database
    let writer: ParquetWriter

    beforeAll(async () => {
      database = await Database.open()
      writer = open(database)
    })
    afterAll(async () => {
      await writer.close()
      await database.close()
    })

    /** Times as milliseconds, whole numbers as bigints. */
    async function byDuckdb(bytes: Uint8Array): Promise<unknown[][]> {
      return database.reading(bytes, path =>
        database.connected(async connection => {
          const selected = "log_offset, capacity, price, sword_type, won, epoch_ms(appended_at)"
          const read = await connection.runAndReadAll(
            `SELECT ${selected} FROM read_parquet(${quoteText(path)})`,
          )
          return read.getRowsJS()
        }),
      )
    }

    async function byHyparquet(bytes: Uint8Array): Promise<unknown[][]> {
      const file = bytes.slice().buffer as ArrayBuffer
      const objects = await parquetReadObjects({ file, compressors })
      return objects.map(object => columns.map(({ name: column }) => shown(object[column])))
    }

    test("stores every kind at its bounds, null, and texts of all sorts", async () => {
      const bytes = await writer.write(tableOf(rows))

      const numbers = rows.map(([offset, capacity, price, type, won, at]) => [
        big(offset),
        capacity,
        big(price),
        type,
        won,
        big(at),
      ])
      expect(await byDuckdb(bytes)).toEqual(numbers)
      expect(await byHyparquet(bytes)).toEqual(rows.map(row => row.map(shown)))
    })

    test("stores more rows than a chunk holds, in their order", async () => {
      const many = Array.from({ length: 5000 }, (_, n) => [
        n,
        n % 100,
        n,
        `sword-${n % 7}`,
        n % 2 === 0,
        n * 1000,
      ])

      const read = await byDuckdb(await writer.write(tableOf(many)))

      expect(read.map(([offset]) => Number(offset))).toEqual(many.map(([offset]) => offset))
      expect(read[4999]).toEqual([4999n, 99, 4999n, "sword-1", false, 4_999_000n])
    })

    test("stores block after block, each in its order, and null where a block lacks a column", async () => {
      const forwards = Array.from({ length: 3000 }, (_, n) => n)
      const prices = { values: new Map([["price", forwards]]), order: forwards.toReversed() }
      const offsets = { values: new Map([["log_offset", forwards]]), order: forwards }

      const bytes = await writer.write({ columns, blocks: [prices, offsets, prices] })

      const backwards = forwards.toReversed().map(n => [null, null, BigInt(n), null, null, null])
      const expected = [
        ...backwards,
        ...forwards.map(n => [BigInt(n), null, null, null, null, null]),
        ...backwards,
      ]
      expect(await byDuckdb(bytes)).toEqual(expected)
    })

    test("writes several tables side by side", async () => {
      const written = await Promise.all([0, 1, 2, 3].map(n => writer.write(tableOf(rows.slice(n, n + 1)))))

      const read = await Promise.all(written.map(bytes => byDuckdb(bytes)))
      expect(read.map(some => some[0]?.[3])).toEqual(rows.slice(0, 4).map(row => row[3]))
    })

    test.each([2 ** 53, -(2 ** 53), 1.5, Number.NaN])(
      "refuses %d: it would be stored wrongly",
      async wrong => {
        const table = tableOf([[wrong, 1, 1, "x", true, 0]])

        await expect(writer.write(table)).rejects.toThrow(/log_offset.*expected/)
      },
    )
  })
}

function big(value: Value | undefined): bigint | null {
  return value === null || value === undefined ? null : BigInt(Number(value))
}

/** The same value, however a reader represents it: numbers and bigints, dates, missing. */
function shown(value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return String(value.getTime())
  return typeof value === "number" || typeof value === "bigint" ? String(value) : value
}
