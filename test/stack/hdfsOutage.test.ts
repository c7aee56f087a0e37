import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest"
import type { WebHdfsLimits } from "../../src/adapters/webhdfs/options.js"
import { WEBHDFS_LIMITS } from "../../src/adapters/webhdfs/options.js"
import type { Lake } from "../../src/ports/lake.js"
import { bytes, noise, text } from "../contract/lake.js"
import { faultOf } from "../support/fault.js"
import { freshFolder, namesIn, openTestLake } from "./support/hdfs.js"
import { PrivateHdfs } from "./support/privateHdfs.js"

/** Longer than a name node takes to start on a busy machine. */
const PATIENT = { ...WEBHDFS_LIMITS, deadlineMs: 120_000 }
const HASTY = { ...WEBHDFS_LIMITS, answerMs: 1_000, deadlineMs: 2_000 }
const OUTAGE_WITHIN_MS = 240_000

vi.setConfig({ testTimeout: OUTAGE_WITHIN_MS, hookTimeout: OUTAGE_WITHIN_MS })

let hdfs: PrivateHdfs

beforeAll(async () => {
  hdfs = await PrivateHdfs.start()
})

afterAll(() => hdfs?.remove())

function open(limits: WebHdfsLimits, folder = freshFolder()): Lake {
  const lake = openTestLake({ url: hdfs.url, hdfsUrl: hdfs.hdfsUrl, folder, limits })
  onTestFinished(() => lake.close())
  return lake
}

/** Puts one version after the other, as a lander does, until it is told to end. */
class Writer {
  put = 0
  #isOver = false
  readonly #lake: Lake
  readonly #ended: Promise<void>

  constructor(lake: Lake) {
    this.#lake = lake
    this.#ended = this.#run()
  }

  /** Rejects with what the lake says when it fails, or refuses a version that is nobody else's. */
  async end(): Promise<void> {
    this.#isOver = true
    await this.#ended
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const isOurs = await this.#lake.putIfAbsent(versionPath(this.put), bytes(`version ${this.put}`))
      if (!isOurs) throw new Error(`version ${this.put} was refused, and nobody else writes`)
      this.put += 1
    }
  }
}

function versionPath(version: number): string {
  return `log/${String(version).padStart(6, "0")}.json`
}

/** Each version is there, and no other file that anybody sees. */
async function expectAll(lake: Lake, count: number): Promise<void> {
  for (let version = 0; version < count; version++) {
    expect(text(await lake.read(versionPath(version)))).toBe(`version ${version}`)
  }
  expect(await lake.list("log")).toHaveLength(count)
}

test("a name node that is restarted in the middle of writes fails none of them", async () => {
  const lake = open(PATIENT)
  const writer = new Writer(lake)
  await expect.poll(() => writer.put, { timeout: 60_000 }).toBeGreaterThan(3)

  await hdfs.down("namenode")
  await hdfs.up("namenode")

  const before = writer.put
  await expect.poll(() => writer.put, { timeout: 60_000 }).toBeGreaterThan(before + 3)
  await writer.end()
  await expectAll(lake, writer.put)
})

test("a data node that is restarted in the middle of writes fails none of them", async () => {
  const lake = open(PATIENT)
  const writer = new Writer(lake)
  await expect.poll(() => writer.put, { timeout: 60_000 }).toBeGreaterThan(3)

  await hdfs.down("datanode")
  await hdfs.up("datanode")

  const before = writer.put
  await expect.poll(() => writer.put, { timeout: 60_000 }).toBeGreaterThan(before + 3)
  await writer.end()
  await expectAll(lake, writer.put)
})

test("safe mode in the middle of writes holds them up, and lets readers read", async () => {
  const lake = open(PATIENT)
  const writer = new Writer(lake)
  await expect.poll(() => writer.put, { timeout: 60_000 }).toBeGreaterThan(3)

  await hdfs.admin("-safemode", "enter")
  const fault = await faultOf(open(HASTY).write("file", bytes("1")))
  expect(fault.code).toBe("HISTORY_UNAVAILABLE")
  expect(fault.message).toContain("SafeModeException")
  expect(fault.message).toContain(`HDFS at ${hdfs.url} (settings WEBHDFS_URL`)
  expect(text(await lake.read(versionPath(0)))).toBe("version 0")
  await hdfs.admin("-safemode", "leave")

  const before = writer.put
  await expect.poll(() => writer.put, { timeout: 60_000 }).toBeGreaterThan(before + 3)
  await writer.end()
  await expectAll(lake, writer.put)
})

describe.each(["namenode", "datanode"] as const)("a %s that hangs", daemon => {
  test("is given up in time, and used again when it wakes up", async () => {
    const folder = freshFolder()
    const lake = open({ ...WEBHDFS_LIMITS, answerMs: 2_000, deadlineMs: 100_000 }, folder)
    await lake.write("before", bytes("1"))
    await hdfs.hang(daemon)
    try {
      const hasty = open(HASTY, folder)
      expect((await faultOf(hasty.write("file", bytes("1")))).code).toBe("HISTORY_UNAVAILABLE")
      expect((await faultOf(hasty.read("before"))).code).toBe("HISTORY_UNAVAILABLE")
      const putting = lake.putIfAbsent("log/0.json", bytes("mine"))
      await hdfs.wake(daemon)
      expect(await putting).toBe(true)
    } finally {
      await hdfs.wake(daemon)
    }
    expect(text(await lake.read("log/0.json"))).toBe("mine")
  })
})

describe("a quota that is used up is told at once:", () => {
  test("of names", async () => {
    const folder = freshFolder()
    const lake = open(PATIENT, folder)
    await lake.write("events/one", bytes("1"))
    await hdfs.admin("-setQuota", "3", folder)

    const fault = await faultOf(lake.write("events/two", bytes("2")))

    expect(fault.message).toContain("NSQuotaExceededException")
    expect(fault.message).toContain(folder)
    expect(text(await lake.read("events/one"))).toBe("1")
    await hdfs.admin("-clrQuota", folder)
    await lake.write("events/two", bytes("2"))
    expect(await namesIn(hdfs, `${folder}/events`)).toEqual(["one", "two"])
  })

  test.each([1, 30_000_000])("of room, for a file of %d bytes", async size => {
    const folder = freshFolder()
    const lake = open(PATIENT, folder)
    await lake.write("events/one", bytes("1"))
    await hdfs.admin("-setSpaceQuota", "1000000", folder)
    const before = performance.now()

    const fault = await faultOf(lake.write("events/two", noise(size)))

    expect(fault.message).toContain("DSQuotaExceededException")
    expect(performance.now() - before).toBeLessThan(30_000)
    await hdfs.admin("-clrSpaceQuota", folder)
    await lake.write("events/two", noise(size))
    expect(await lake.list("events")).toEqual([
      { name: "one", bytes: 1 },
      { name: "two", bytes: size },
    ])
    expect(await namesIn(hdfs, `${folder}/events`)).toEqual(["one", "two"])
  })
})

describe("an HDFS that is full", () => {
  let small: PrivateHdfs

  beforeAll(async () => {
    small = await PrivateHdfs.startSmall("1400m")
  })

  afterAll(() => small?.remove())

  test("is told at once with what is left, and used again when there is room", async () => {
    const options = { url: small.url, hdfsUrl: small.hdfsUrl, folder: freshFolder(), limits: PATIENT }
    const lake = openTestLake(options)
    await lake.write("events/ballast", Buffer.alloc(265_000_000))

    // The data node tells the name node every second how much is left; until then a write may go well.
    const message = async () => (await faultOf(lake.write("events/more", bytes("1")))).message
    await expect.poll(message, { timeout: 60_000, interval: 500 }).toMatch(/HDFS is full: \d+ bytes are left/)

    await lake.delete("events/ballast")
    await vi.waitFor(() => lake.write("events/more", bytes("1")), { timeout: 60_000, interval: 1_000 })
    expect(text(await lake.read("events/more"))).toBe("1")
    await lake.close()
  })
})
