import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { open as openLmdb } from "lmdb"
import { expect, test } from "vitest"
import { openEnvironment } from "../../../src/adapters/lmdb/environment.js"
import { openLmdbLog } from "../../../src/adapters/lmdb/log.js"
import { keyOf } from "../../../src/adapters/lmdb/logRecord.js"
import type { LogRecord } from "../../../src/ports/log.js"
import { range, record, take } from "../../contract/log.js"
import { temporaryFolder } from "../../support/folder.js"
import { binary, expectWhole, open } from "./logs.js"

test("a cut file is not opened", async () => {
  const folder = await filled(2_000)
  const path = join(folder, "data.mdb")
  writeFileSync(path, readFileSync(path).subarray(0, -4_096))

  await expect(openLmdbLog({ folder })).rejects.toMatchObject({ code: "TRUNCATED" })
})

test("4 KB of damage anywhere at the end is noticed, or harms no record", async () => {
  const folder = await filled(2_000)
  const whole = readFileSync(join(folder, "data.mdb"))

  for (let back = 1; back <= 24; back++) {
    const damaged = Buffer.from(whole)
    damaged.fill(0x5a, whole.length - back * 4_096, whole.length - (back - 1) * 4_096)
    const outcome = await readAll(copyWith(folder, damaged)).catch((error: Error) => error)
    if (Array.isArray(outcome)) expectWhole(outcome, 2_000)
    else expect(outcome).toMatchObject({ code: expect.stringMatching(/^(DAMAGED|LOG_TRUNCATED)$/) })
  }
})

test("4 KB of damage in the middle, which opening does not check, is reported to readers that get there", async () => {
  const folder = await filled(20_000)
  const damaged = readFileSync(join(folder, "data.mdb"))
  const middleOfPage = (Math.floor(damaged.length / 4 / 4_096) + 0.5) * 4_096
  damaged.fill(0xff, middleOfPage, middleOfPage + 4_096)
  const copy = copyWith(folder, damaged)

  await expect(readAll(copy)).rejects.toMatchObject({
    code: "LOG_TRUNCATED",
    message: expect.stringContaining(`${copy}/data.mdb: offset `),
  })
})

test("one flipped bit of a record is LOG_TRUNCATED, with the file and the offset", async () => {
  const folder = await filled(5_000)
  const data = readFileSync(join(folder, "data.mdb"))
  const text = "record 1234 "
  for (let at = data.indexOf(text); at !== -1; at = data.indexOf(text, at + 1)) data.write("R", at)
  const copy = copyWith(folder, data)

  await expect(readAll(copy)).rejects.toMatchObject({
    code: "LOG_TRUNCATED",
    message: expect.stringMatching(new RegExp(`${copy}/data.mdb: offset 1234: expected checksum`)),
  })
})

test("damage among the last records is noticed when the log is opened", async () => {
  const folder = await filled(2_000)
  const data = readFileSync(join(folder, "data.mdb"))
  const text = "record 1990 "
  for (let at = data.indexOf(text); at !== -1; at = data.indexOf(text, at + 1)) data.write("R", at)

  await expect(openLmdbLog({ folder: copyWith(folder, data) })).rejects.toMatchObject({
    code: "LOG_TRUNCATED",
    message: expect.stringContaining("offset 1990: expected checksum"),
  })
})

test("a file restored to an older state is noticed: acknowledged records are missing", async () => {
  const folder = await filled(100)
  const older = readFileSync(join(folder, "data.mdb"))
  const log = await openLmdbLog({ folder })
  await log.append([record("the last one")])
  await log.close()

  await expect(openLmdbLog({ folder: copyWith(folder, older) })).rejects.toMatchObject({
    code: "LOG_TRUNCATED",
    message: expect.stringContaining("expected the 101 records that were acknowledged, found 100"),
  })
})

test("a data file that is gone is noticed by the mark beside it", async () => {
  const folder = await filled(10)
  rmSync(join(folder, "data.mdb"))

  await expect(openLmdbLog({ folder })).rejects.toMatchObject({ code: "LOG_TRUNCATED" })
})

test("a missing record in the middle is noticed when the log is opened", async () => {
  const folder = await filled(100)
  const environment = await openEnvironment({ folder, kind: "log", format: 1 })
  await environment.root.openDB<Buffer, Buffer>("records", binary).remove(keyOf(50))
  await environment.close()

  await expect(openLmdbLog({ folder })).rejects.toMatchObject({
    code: "LOG_TRUNCATED",
    message: expect.stringContaining("expected 100 records up to the last, found 99"),
  })
})

test.each([
  { lost: 5, message: "offset 5: expected a record, found offset 6" },
  { lost: 9, message: "offset 9: expected a record below the head 10, found none" },
])("record $lost of 10, gone while the log is open, is noticed by its reader", async ({ lost, message }) => {
  const folder = await filled(10)
  const log = await open(folder)
  const lmdb = openLmdb({ path: folder, noSubdir: false, overlappingSync: false })
  lmdb.openDB<Buffer, Buffer>("records", binary).removeSync(keyOf(lost))
  await lmdb.close()

  await expect(take(log, 0, 10)).rejects.toMatchObject({
    code: "LOG_TRUNCATED",
    message: expect.stringContaining(message),
  })
})

test("a log of another format is refused", async () => {
  const folder = await filled(1)
  writeFileSync(join(folder, "FORMAT"), "guildhall log 2\n")

  await expect(openLmdbLog({ folder })).rejects.toMatchObject({ code: "OTHER_FORMAT" })
})

/** A closed log of records that contain their offsets, written in several appends. */
async function filled(count: number): Promise<string> {
  const folder = await temporaryFolder()
  const log = await openLmdbLog({ folder })
  for (let from = 0; from < count; from += 100) {
    await log.append(range(from, Math.min(count, from + 100)).map(at => record(`record ${at} `.padEnd(200))))
  }
  await log.close()
  return folder
}

function copyWith(folder: string, data: Buffer): string {
  const copy = join(folder, `copy-${Math.random()}`)
  mkdirSync(copy)
  for (const name of ["FORMAT", "acknowledged"]) copyFileSync(join(folder, name), join(copy, name))
  writeFileSync(join(copy, "data.mdb"), data)
  return copy
}

async function readAll(folder: string): Promise<LogRecord[]> {
  const log = await openLmdbLog({ folder })
  try {
    return await take(log, 0, (await log.bounds()).head)
  } finally {
    await log.close()
  }
}
