import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { Database } from "../../../src/adapters/duckdb/database.js"
import { quoteText } from "../../../src/lake/sql.js"
import { faultOf } from "../../support/fault.js"
import { temporaryFolder } from "../../support/folder.js"

async function open(...parents: string[]): Promise<Database> {
  const database = await Database.open(parents)
  onTestFinished(() => database.close())
  return database
}

function write(database: Database): Promise<Uint8Array> {
  return database.written(path =>
    database.connected(connection =>
      connection.run(`COPY (SELECT 1 AS n) TO ${quoteText(path)} (FORMAT parquet)`),
    ),
  )
}

test("continues when its folder was deleted, as by a cleaner of temporary folders", async () => {
  const database = await open(await temporaryFolder())
  const folder = await database.reading(Buffer.from("before"), async path => dirname(path))
  await rm(folder, { recursive: true })

  const written = await write(database)

  expect(Buffer.from(written).toString("latin1", 0, 4)).toBe("PAR1")
})

test("fails, naming folder, reason and setting, while the folder behind a link is gone; then recovers", async () => {
  const root = await temporaryFolder()
  const [target, link] = [join(root, "target"), join(root, "link")]
  await mkdir(target)
  await symlink(target, link)
  const database = await open(link)
  await write(database)
  await rename(target, `${target}.gone`)

  const problem = { code: "HISTORY_UNAVAILABLE", message: expect.stringMatching(/link\/.*WORK_DIR.*link/) }
  expect(await faultOf(write(database))).toMatchObject(problem)
  expect(await faultOf(database.reading(Buffer.of(1), async () => 1))).toMatchObject(problem)

  await mkdir(target)
  expect(Buffer.from(await write(database)).toString("latin1", 0, 4)).toBe("PAR1")
})

test("takes the first usable folder; if none is, names each", async () => {
  const root = await temporaryFolder()
  const file = join(root, "file")
  await writeFile(file, "")
  const database = await open(file, join(root, "new", "folder"))
  expect(await database.reading(Buffer.of(1), async path => path)).toContain(join(root, "new", "folder"))

  const { code, message } = await faultOf(Database.open([file, join(file, "below")]))

  expect(code).toBe("HISTORY_UNAVAILABLE")
  expect(message).toMatch(/file \(setting WORK_DIR\): .*file\/below \(setting WORK_DIR\): /)
  expect(message).not.toContain("    at ")
})
