import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { startChild } from "../../support/child.js"
import { temporaryFolder } from "../../support/folder.js"
import { KeptLogger } from "../../support/keptLogger.js"
import { canMount, onSmallDisk } from "./smallDisk.js"
import { openViews } from "./views.js"
import { checkpoint, IDS, NAMES, writes } from "./viewWrites.js"

const writer = new URL("./viewWriter.child.ts", import.meta.url)
const request = { documents: NAMES, keys: IDS }

describe("kill -9 in the middle of swaps", () => {
  test("keeps every acknowledged swap, each of them complete, round after round", async () => {
    const folder = await temporaryFolder()
    let answered = 0
    for (const _ of [1, 2, 3]) {
      const child = startChild(writer, [folder])
      await child.line(line => offsetOf(line) > answered + 200)
      child.process.kill("SIGKILL")
      await child.ended
      answered = Math.max(...child.lines.map(offsetOf))

      const logger = new KeptLogger()
      const store = await openViews(folder, { logger })
      const { checkpoint: found, documents, keys } = await store.read(1, request)
      const { ids } = await store.list(1, "guilds", null, 10)
      await store.close()
      const offset = found?.offset ?? 0
      expect(offset).toBeGreaterThanOrEqual(answered)
      expect([...documents, ...keys, ...ids]).toEqual([
        ...[...NAMES, ...IDS].map(() => `${offset}`),
        `g${offset}`,
      ])
      expect(logger.entries).toEqual([])
    }
  })
})

describe("views that are read beside the process that writes them", () => {
  test("are never a mixture, and move on", async () => {
    const folder = await temporaryFolder()
    const child = startChild(writer, [folder])
    await child.line(line => offsetOf(line) > 0)
    const store = await openViews(folder, { readOnly: true })
    const seen = new Set<string>()
    const look = async () => {
      const { checkpoint: found, documents, keys } = await store.read(1, request)
      const parts = new Set([`${found?.offset}`, ...documents, ...keys])
      expect(parts.size).toBe(1)
      seen.add([...parts].join())
      return seen.size
    }

    await expect.poll(look, { interval: 1, timeout: 10_000 }).toBeGreaterThan(50)
  })

  test("cannot be written", async () => {
    const folder = await temporaryFolder()
    const child = startChild(writer, [folder])
    await child.line(line => offsetOf(line) > 0)
    const store = await openViews(folder, { readOnly: true })

    const swap = store.swap(null, checkpoint(1), writes(1, 1))

    await expect(swap).rejects.toMatchObject({
      code: "VIEWS_UNAVAILABLE",
      message: expect.stringContaining("read-only"),
    })
  })

  test("are MISSING before there are any", async () => {
    await expect(openViews(await temporaryFolder(), { readOnly: true })).rejects.toMatchObject({
      code: "MISSING",
    })
  })
})

describe("a disk that is full", () => {
  test.runIf(canMount)("refuses swaps until there is room (needs root, to mount a small one)", async () => {
    const disk = await temporaryFolder()
    const child = startChild(writer, [join(disk, "views"), "20000"], onSmallDisk(disk))
    const told = await child.line(line => line.startsWith("VIEWS_UNAVAILABLE"))

    expect(told).toBe(`VIEWS_UNAVAILABLE: views ${disk}/views: the disk is full`)

    const before = Math.max(...child.lines.map(offsetOf))
    child.process.stdin.write(`${disk}/ballast\n`)
    await child.line(line => offsetOf(line) > before)
  })
})

/** The offset in a line of the writer; 0 if it acknowledges no swap. */
function offsetOf(line: string): number {
  return Number(/^swapped (\d+)$/.exec(line)?.[1] ?? 0)
}
