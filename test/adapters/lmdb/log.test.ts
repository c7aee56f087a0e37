import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { APPEND_WITHIN_MS, LmdbLog, openLmdbLog } from "../../../src/adapters/lmdb/log.js"
import {
  BATCH_BYTES_MAX,
  BATCH_RECORDS_MAX,
  type LogStore,
  WriteError,
} from "../../../src/adapters/lmdb/logStore.js"
import type { Fault } from "../../../src/ports/faults.js"
import type { LogRecord } from "../../../src/ports/log.js"
import { logContract, range, record, take, texts } from "../../contract/log.js"
import { temporaryFolder } from "../../support/folder.js"
import { open } from "./logs.js"

logContract("LMDB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-log-"))
  const log = await openLmdbLog({ folder })
  return {
    log,
    reopen: async () => {
      await log.close()
      return openLmdbLog({ folder })
    },
    cleanup: () => rm(folder, { recursive: true }),
  }
})

describe("time", () => {
  test("is the clock's at the append, even when it steps back, and outlives the process", async () => {
    const folder = await temporaryFolder()
    let now = 1_700_000_000_000
    const log = await openLmdbLog({ folder, clock: { now: () => now } })
    for (const step of [0, -3_600_000, 7_200_000.9]) {
      now += step
      await log.append([record("one")])
    }
    await log.close()

    const times = (await take(await open(folder), 0, 3)).map(({ at }) => at)

    expect(times).toEqual([1_700_000_000_000, 1_699_996_400_000, 1_700_003_600_000])
  })
})

describe("batches", () => {
  test("are bounded in records and in bytes", async () => {
    const log = await open(await temporaryFolder())
    await log.append(range(0, 2_500).map(at => record(`record ${at}`)))
    for (let at = 0; at < 8; at++) await log.append([Buffer.alloc(256 * 1024, at)])

    const sizes: { records: number; bytes: number }[] = []
    for await (const { records, head } of log.read(0, AbortSignal.timeout(10_000))) {
      const bytes = records.reduce((sum, each) => sum + each.bytes.length, 0)
      sizes.push({ records: records.length, bytes })
      if (records.at(-1)?.offset === head - 1) break
    }

    expect(sizes.slice(0, 2).map(({ records }) => records)).toEqual([BATCH_RECORDS_MAX, BATCH_RECORDS_MAX])
    for (const { bytes } of sizes) expect(bytes).toBeLessThanOrEqual(BATCH_BYTES_MAX + 256 * 1024)
    expect(sizes.reduce((sum, { records }) => sum + records, 0)).toBe(2_508)
  })

  test("let other work have its turn while a reader catches up", async () => {
    const log = await open(await temporaryFolder())
    for (let at = 0; at < 10; at++) await log.append(range(0, 1_000).map(n => record(`${at}.${n}`)))
    let turns = 0
    const turn = setInterval(() => turns++, 0)
    onTestFinished(() => clearInterval(turn))

    await take(log, 0, 10_000)

    expect(turns).toBeGreaterThan(2)
  })
})

describe("a write that fails", () => {
  test("on a full disk: LOG_UNAVAILABLE, reads continue, and so do appends later", async () => {
    const store = new FailingStore()
    const log = new LmdbLog(store)
    await log.append([record("one")])
    const reading = take(log, 0, 2)
    store.fails = new WriteError("/data: the disk is full", { stored: "no", lasting: false })

    await expect(log.append([record("two")])).rejects.toMatchObject({
      code: "LOG_UNAVAILABLE",
      message: "/data: the disk is full",
    })
    expect(await log.bounds()).toEqual({ start: 0, head: 1 })
    await expect(log.probe()).rejects.toMatchObject({
      code: "LOG_UNAVAILABLE",
      message: "/data: the disk is full",
    })

    store.fails = null
    await log.probe()
    await log.append([record("three")])
    expect(texts(await reading)).toEqual(["one", "three"])
  })

  test("on a failed sync: OUTCOME_UNKNOWN, and nothing is written any more", async () => {
    const store = new FailingStore()
    const stopped: Fault[] = []
    const log = new LmdbLog(store, { onStopped: fault => stopped.push(fault) })
    await log.append([record("one")])
    store.fails = new WriteError("EIO", { stored: "unknown", lasting: true })

    await expect(log.append([record("two")])).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" })

    store.fails = null
    for (const _ of [1, 2]) {
      await expect(log.append([record("three")])).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" })
      await expect(log.probe()).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" })
    }
    expect(store.writes).toBe(2)
    expect(stopped.map(({ code }) => code)).toEqual(["LOG_UNAVAILABLE"])
    expect(texts(await take(log, 0, 1))).toEqual(["one"])
  })

  test("or does not end in time: OUTCOME_UNKNOWN, and the next one waits for it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const store = new FailingStore()
    const log = new LmdbLog(store)
    const finish = store.hold()
    const slow = log.append([record("slow")])
    vi.advanceTimersByTime(APPEND_WITHIN_MS)
    await expect(slow).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" })

    const next = log.append([record("next")])
    finish()
    await next

    expect(texts(await take(log, 0, 2))).toEqual(["slow", "next"])
  })
})

class FailingStore implements LogStore {
  readonly place = "memory"
  readonly stalledReaders = []
  readonly #records: LogRecord[] = []
  fails: WriteError | null = null
  writes = 0
  #held: Promise<void> = Promise.resolve()

  /** Writes wait until the returned function is called. */
  hold(): () => void {
    let finish = () => {}
    this.#held = new Promise(resolve => {
      finish = resolve
    })
    return finish
  }

  head(): number {
    return this.#records.length
  }

  assertWritable(): void {
    if (this.fails !== null) throw this.fails
  }

  async write(first: number, at: number, records: readonly Uint8Array[]): Promise<void> {
    this.writes++
    await this.#held
    if (this.fails !== null) throw this.fails
    records.forEach((bytes, index) => {
      this.#records.push({ offset: first + index, at, bytes })
    })
  }

  read(from: number, head: number): LogRecord[] {
    return this.#records.slice(from, head)
  }

  async close(): Promise<void> {}
}
