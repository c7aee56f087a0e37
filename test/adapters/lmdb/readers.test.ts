import { stat } from "node:fs/promises"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { type LmdbEnvironment, openEnvironment } from "../../../src/adapters/lmdb/environment.js"
import { LOOK_EVERY_MS, STALLED_AFTER_MS } from "../../../src/adapters/lmdb/readers.js"
import { type Child, startChild } from "../../support/child.js"
import { temporaryFolder } from "../../support/folder.js"

const COMMITS = 1_000

let environment: LmdbEnvironment

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] })
  const folder = await temporaryFolder()
  environment = await openEnvironment({ folder, kind: "views", format: 1, commits: "consistent" })
  await environment.root.put("key", "value")
})

afterEach(async () => {
  await environment.close()
  vi.useRealTimers()
})

describe("a reader beside the writer", () => {
  test("that was killed in the middle of a read lets the file grow no faster than without one", async () => {
    const alone = await growth()
    const reader = await holdingReader()
    const held = await growth()
    reader.process.kill("SIGKILL")
    await reader.ended

    vi.advanceTimersByTime(LOOK_EVERY_MS)
    // What was held is free again, and is used first.
    const freed = await growth()

    expect(held).toBeGreaterThan(COMMITS * 4096)
    expect(freed).toBeLessThanOrEqual(alone)
  })

  test("that stalls is reported once it has for long, and no longer when it resumes or ends", async () => {
    const reader = await holdingReader()
    reader.process.kill("SIGSTOP")
    vi.advanceTimersByTime(STALLED_AFTER_MS)
    expect(environment.readers.stalled).toEqual([])

    vi.advanceTimersByTime(LOOK_EVERY_MS)
    expect(environment.readers.stalled).toEqual([{ pid: reader.process.pid, forMs: STALLED_AFTER_MS }])

    reader.process.kill("SIGKILL")
    await reader.ended
    vi.advanceTimersByTime(LOOK_EVERY_MS)
    expect(environment.readers.stalled).toEqual([])
  })

  test("that is the writer itself is not", () => {
    environment.root.get("key")

    vi.advanceTimersByTime(10 * STALLED_AFTER_MS)

    expect(environment.root.readerList()).toContain(String(process.pid))
    expect(environment.readers.stalled).toEqual([])
  })
})

/** By how many bytes the file grows while the same entry is written again and again. */
async function growth(): Promise<number> {
  const before = (await stat(environment.dataFile)).size
  for (let commit = 0; commit < COMMITS; commit++) await environment.root.put("key", `value ${commit}`)
  return (await stat(environment.dataFile)).size - before
}

async function holdingReader(): Promise<Child> {
  const child = startChild(new URL("./holdingReader.child.ts", import.meta.url), [environment.folder])
  await child.line(line => line === "holds")
  return child
}
