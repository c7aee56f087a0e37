import {
  closeSync,
  cpSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { type LmdbEnvironment, openEnvironment } from "../../../src/adapters/lmdb/environment.js"
import { FolderError } from "../../../src/adapters/lmdb/folderError.js"
import { startChild } from "../../support/child.js"
import { temporaryFolder } from "../../support/folder.js"

const holder = new URL("./holder.child.ts", import.meta.url)
const PAGE_BYTES = 4096

test("what was written is there when the folder is opened again, even one with a dot in its name", async () => {
  const folder = join(await temporaryFolder(), "data.of.realm.0")
  await fill(folder, 10)

  expect(await entriesOf(folder)).toBe(10)
})

test("a created folder is for its user alone, and so are the created folders above it", async () => {
  const above = join(await temporaryFolder(), "data")
  await fill(join(above, "log"), 1)

  for (const folder of [above, join(above, "log")]) expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test("a folder of another format is refused, naming the format", async () => {
  const folder = await temporaryFolder()
  await fill(folder, 1)

  const error = await failure(openEnvironment({ folder, kind: "test", format: 2 }))

  expect(error.code).toBe("OTHER_FORMAT")
  expect(error.message).toBe(`${folder}: expected guildhall test 2, found guildhall test 1`)
})

test("somebody else's data is refused", async () => {
  const folder = await temporaryFolder()
  writeFileSync(join(folder, "data.mdb"), "not ours")

  expect((await failure(openEnvironment({ folder, kind: "test", format: 1 }))).code).toBe("OTHER_FORMAT")
})

test("read-only creates nothing: a missing folder is MISSING", async () => {
  const folder = join(await temporaryFolder(), "none")

  const error = await failure(openEnvironment({ folder, kind: "test", format: 1, readOnly: true }))

  expect(error.code).toBe("MISSING")
  expect(() => statSync(folder)).toThrow("ENOENT")
})

test("a second writing process is refused, naming the holder of the folder; a reader is not", async () => {
  const folder = await temporaryFolder()
  const other = startChild(holder, [folder])
  await other.line(line => line === "held")

  const error = await failure(openEnvironment({ folder, kind: "test", format: 1 }))

  expect(error.code).toBe("HELD")
  expect(error.message).toContain(folder)
  expect(error.message).toContain(`process ${other.process.pid} holds it`)
  await (await openEnvironment({ folder, kind: "test", format: 1, readOnly: true })).close()
})

test("a second writer in the same process is refused too, until the first has closed", async () => {
  const folder = await temporaryFolder()
  const first = await openEnvironment({ folder, kind: "test", format: 1 })

  expect((await failure(openEnvironment({ folder, kind: "test", format: 1 }))).code).toBe("HELD")

  await first.close()
  await first.close()
  expect(await entriesOf(folder)).toBe(0)
})

test("a killed holder holds nothing any more", async () => {
  const folder = await temporaryFolder()
  const other = startChild(holder, [folder])
  await other.line(line => line === "held")

  other.process.kill("SIGKILL")
  await other.ended

  expect(await entriesOf(folder)).toBe(0)
})

test.each([1, PAGE_BYTES, 10 * PAGE_BYTES])(
  "a data file that lost its last %d bytes is TRUNCATED",
  async lost => {
    const folder = await temporaryFolder()
    await fill(folder, 2_000)
    const path = join(folder, "data.mdb")
    const { size } = statSync(path)
    truncateSync(path, size - lost)

    for (const readOnly of [true, false]) {
      const error = await failure(openEnvironment({ folder, kind: "test", format: 1, readOnly }))
      expect(error.code).toBe("TRUNCATED")
      expect(error.message).toContain(`${path}: expected ${size} bytes`)
      expect(error.message).toContain(`found ${size - lost}`)
    }
  },
)

test("a file that ends in its meta pages is TRUNCATED", async () => {
  const folder = await temporaryFolder()
  await fill(folder, 10)
  truncateSync(join(folder, "data.mdb"), PAGE_BYTES + 100)

  expect((await failure(openEnvironment({ folder, kind: "test", format: 1 }))).code).toBe("TRUNCATED")
})

test("a file that lacks only free pages is complete: LMDB does not write those", async () => {
  const folder = await temporaryFolder()
  const environment = await openEnvironment({ folder, kind: "test", format: 1 })
  const entries = entriesIn(environment)
  for (const count of [1_000, 2_000, 3_000]) {
    await environment.root.transaction(() => {
      for (let at = 0; at < count; at++) entries.put(at, "x".repeat(200))
      for (let at = count - 1; at >= 10; at--) entries.remove(at)
    })
  }
  const pages = pagesOf(environment)
  await environment.close()
  expect(statSync(join(folder, "data.mdb")).size).toBeLessThan(pages * PAGE_BYTES)

  expect(await entriesOf(folder)).toBe(10)
})

test("no damaged page is followed: each is DAMAGED, or not in use", async () => {
  const folder = await temporaryFolder()
  await fill(folder, 2_000)
  const pages = statSync(join(folder, "data.mdb")).size / PAGE_BYTES
  let damaged = 0

  for (let page = 0; page < pages; page += 5) {
    const copy = `${folder}/copy-${page}`
    await mkdir(copy)
    for (const name of ["FORMAT", "data.mdb"]) cpSync(join(folder, name), join(copy, name))
    overwrite(join(copy, "data.mdb"), page * PAGE_BYTES, PAGE_BYTES)
    const outcome = await entriesOf(copy).catch((error: unknown) => error)
    if (outcome instanceof FolderError) {
      expect(outcome.code).toBe("DAMAGED")
      expect(outcome.message).toContain(`page ${page}`)
      damaged++
    } else expect(outcome).toBe(2_000)
  }

  expect(damaged).toBeGreaterThan(pages / 10)
})

async function fill(folder: string, count: number): Promise<void> {
  const environment = await openEnvironment({ folder, kind: "test", format: 1 })
  const entries = entriesIn(environment)
  // Several transactions, so that the file has free pages too.
  for (let from = 0; from < count; from += 200) {
    await environment.root.transaction(() => {
      for (let at = from; at < Math.min(count, from + 200); at++) entries.put(at, "x".repeat(200))
    })
  }
  await environment.close()
}

async function entriesOf(folder: string): Promise<number> {
  const environment = await openEnvironment({ folder, kind: "test", format: 1 })
  const count = entriesIn(environment).getCount()
  await environment.close()
  return count
}

function entriesIn(environment: LmdbEnvironment) {
  return environment.root.openDB<string, number>("entries", { encoding: "string" })
}

function pagesOf(environment: LmdbEnvironment): number {
  const stats = Object.entries(environment.root.getStats())
  return Number(stats.find(([name]) => name === "lastPageNumber")?.[1]) + 1
}

function overwrite(path: string, position: number, length: number): void {
  const noise = readFileSync(process.execPath).subarray(1_000_000, 1_000_000 + length)
  const fd = openSync(path, "r+")
  writeSync(fd, noise, 0, length, position)
  closeSync(fd)
}

async function failure(opening: Promise<unknown>): Promise<FolderError> {
  const error: unknown = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof FolderError) return error
  throw new Error(`expected a FolderError, got ${String(error)}`)
}
