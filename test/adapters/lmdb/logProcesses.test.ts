import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { open as openLmdb } from "lmdb"
import { describe, expect, test } from "vitest"
import { openLmdbLog } from "../../../src/adapters/lmdb/log.js"
import { encodeEntries, keyOf } from "../../../src/adapters/lmdb/logRecord.js"
import { record, take } from "../../contract/log.js"
import { startChild } from "../../support/child.js"
import { temporaryFolder } from "../../support/folder.js"
import { binary, expectWhole, open } from "./logs.js"
import { canMount, onSmallDisk } from "./smallDisk.js"

const reader = new URL("./reader.child.ts", import.meta.url)
const writer = new URL("./writer.child.ts", import.meta.url)

describe("kill -9 in the middle of appends", () => {
  test("loses nothing that was acknowledged, round after round, even with a reader beside", async () => {
    const folder = await temporaryFolder()
    await (await openLmdbLog({ folder })).close()
    const beside = startChild(reader, [folder])
    let acknowledged = 0

    for (const round of [1, 2, 3]) {
      const child = startChild(writer, [folder, String(round * 7)])
      await child.line(line => headOf(line) > acknowledged + 500)
      child.process.kill("SIGKILL")
      await child.ended
      acknowledged = Math.max(...child.lines.map(headOf))

      const log = await openLmdbLog({ folder })
      const { head } = await log.bounds()
      expect(head).toBeGreaterThanOrEqual(acknowledged)
      expectWhole(await take(log, 0, head), head)
      await beside.line(line => line === `read ${head}`)
      await log.close()
    }
  })
})

describe("one folder and several processes", () => {
  test("a second writer is refused while the first continues", async () => {
    const folder = await temporaryFolder()
    const child = startChild(writer, [folder])
    await child.line(line => headOf(line) > 0)

    await expect(openLmdbLog({ folder })).rejects.toMatchObject({ code: "HELD" })

    const before = child.lines.length
    await expect.poll(() => child.lines.length).toBeGreaterThan(before)
  })

  test("a reader beside the writer sees what it acknowledges, while the file grows", async () => {
    const folder = await temporaryFolder()
    const child = startChild(writer, [folder, "100", "5000"])
    await child.line(line => headOf(line) > 0)
    const log = await open(folder, { readOnly: true })

    expectWhole(await take(log, 0, 10_000), 10_000)

    const told = Math.max(...child.lines.map(headOf))
    expect((await log.bounds()).head).toBeGreaterThanOrEqual(told)
  })

  test("a reader beside cannot append", async () => {
    const folder = await temporaryFolder()
    await (await openLmdbLog({ folder })).close()
    const log = await open(folder, { readOnly: true })

    await expect(log.append([record("one")])).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" })
  })

  test("a reader beside looks up the head each time it is asked", async () => {
    const folder = await temporaryFolder()
    const lmdb = openLmdb({ path: folder, noSubdir: false, overlappingSync: false })
    writeFileSync(join(folder, "FORMAT"), "guildhall log 1\n")
    const records = lmdb.openDB<Buffer, Buffer>("records", binary)
    const log = await open(folder, { readOnly: true })
    expect((await log.bounds()).head).toBe(0)

    for (const { key, value } of encodeEntries(0, 1, [record("one")])) records.putSync(key, value)

    expect((await log.bounds()).head).toBe(1)
    await lmdb.close()
  })

  test("if two write in spite of the lock, the offset is a compare-and-swap: one stops", async () => {
    const folder = await temporaryFolder()
    const log = await open(folder)
    await log.append([record("mine")])
    const lmdb = openLmdb({ path: folder, noSubdir: false, overlappingSync: false })
    const records = lmdb.openDB<Buffer, Buffer>("records", binary)
    records.putSync(keyOf(1), Buffer.from("theirs"))

    await expect(log.append([record("mine"), record("too")])).rejects.toMatchObject({
      code: "LOG_UNAVAILABLE",
      message: expect.stringContaining("offset 1 was taken by another process"),
    })

    expect(records.get(keyOf(1))?.toString()).toBe("theirs")
    expect(records.get(keyOf(2))).toBeUndefined()
    await lmdb.close()
  })
})

describe("a disk that is full", () => {
  // log.test.ts shows on every machine what the log does on a full disk.
  test.runIf(canMount)("refuses appends until there is room (needs root, to mount a small one)", async () => {
    const disk = await temporaryFolder()
    const child = startChild(writer, [join(disk, "log"), "3", "20000"], onSmallDisk(disk))
    const told = await child.line(line => line.startsWith("LOG_UNAVAILABLE"))

    expect(told).toBe(`LOG_UNAVAILABLE: log ${disk}/log: the disk is full`)

    const before = Math.max(...child.lines.map(headOf))
    child.process.stdin.write(`${disk}/ballast\n`)
    await child.line(line => headOf(line) > before)
  })
})

/** The head in a line of the writer; 0 if it acknowledges nothing. */
function headOf(line: string): number {
  return Number(/^acknowledged (\d+)$/.exec(line)?.[1] ?? 0)
}
