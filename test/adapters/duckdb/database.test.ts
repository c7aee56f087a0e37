import { rm } from "node:fs/promises"
import { dirname } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { Database } from "../../../src/adapters/duckdb/database.js"

test("goes on when its folder was taken away, as cleaners of temporary folders do", async () => {
  const database = await Database.open()
  onTestFinished(() => database.close())
  const folder = await database.reading(Buffer.from("before"), async path => dirname(path))
  await rm(folder, { recursive: true })

  const written = await database.written(path =>
    database.connected(connection => connection.run(`COPY (SELECT 1 AS n) TO '${path}' (FORMAT parquet)`)),
  )

  expect(Buffer.from(written).toString("latin1", 0, 4)).toBe("PAR1")
})
