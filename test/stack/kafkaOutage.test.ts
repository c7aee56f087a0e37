import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { isFault } from "../../src/ports/faults.js"
import type { Log } from "../../src/ports/log.js"
import { KeptLogger } from "../support/keptLogger.js"
import { freshTopic, openTestLog, PrivateKafka } from "./support/kafka.js"

/** How long the broker is away, beyond the time that it needs to stop and start. */
const OUTAGE_MS = 8_000

let kafka: PrivateKafka
let logger: KeptLogger
let log: Log
let reader: Log
let topic: string

beforeAll(async () => {
  kafka = await PrivateKafka.start()
}, 300_000)

afterAll(() => kafka.remove(), 60_000)

beforeEach(async () => {
  await kafka.up() // whatever the test before left
  topic = freshTopic()
  logger = new KeptLogger()
  log = await openTestLog({ topic, brokers: kafka.brokers })
  reader = await openTestLog({ topic, brokers: kafka.brokers, logger })
})

afterEach(async () => {
  await log.close()
  await reader.close()
})

/** Appends one record after another until it is stopped, as a writer that goes on after each fault. */
class Writing {
  readonly acknowledged: string[] = []
  readonly unknown: string[] = []
  readonly rejected: string[] = []
  slowestMs = 0
  readonly #log: Log
  readonly #stopping = new AbortController()
  readonly #ended: Promise<void>

  constructor(log: Log) {
    this.#log = log
    this.#ended = this.#write()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#ended
  }

  async #write(): Promise<void> {
    for (let at = 0; !this.#stopping.signal.aborted; at++) {
      const text = `record ${at}`
      const start = performance.now()
      try {
        await this.#log.append([Buffer.from(text)])
        this.acknowledged.push(text)
      } catch (error) {
        if (isFault(error, "OUTCOME_UNKNOWN")) this.unknown.push(text)
        else if (isFault(error, "LOG_UNAVAILABLE")) this.rejected.push(text)
        else throw error
      }
      this.slowestMs = Math.max(this.slowestMs, performance.now() - start)
      await sleep(2)
    }
  }
}

class Reading {
  readonly texts: string[] = []
  readonly offsets: number[] = []
  failure: unknown = null

  constructor(log: Log) {
    void this.#read(log).catch((error: unknown) => {
      this.failure = error
    })
  }

  async #read(log: Log): Promise<void> {
    for await (const { records } of log.read(0, new AbortController().signal)) {
      for (const { offset, bytes } of records) {
        this.offsets.push(offset)
        this.texts.push(Buffer.from(bytes).toString())
      }
    }
  }
}

describe("a broker that is away for a while", () => {
  test("in the middle of appends and reads: nothing acknowledged is lost, nothing is read twice or left out", {
    timeout: 120_000,
  }, async () => {
    const reading = new Reading(reader)
    const writing = new Writing(log)
    await expect.poll(() => reading.texts.length, { timeout: 10_000 }).toBeGreaterThan(100)

    await kafka.down()
    await sleep(OUTAGE_MS)
    await kafka.up()
    const acknowledged = writing.acknowledged.length
    await expect
      .poll(() => writing.acknowledged.length, { timeout: 30_000 })
      .toBeGreaterThan(acknowledged + 100)
    await writing.stop()
    const { head } = await log.bounds()
    await expect.poll(() => reading.offsets.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(head)

    expect(reading.failure).toBeNull()
    expect(reading.offsets).toEqual(reading.offsets.map((_, index) => index))
    const read = new Set(reading.texts)
    expect(writing.acknowledged.filter(text => !read.has(text))).toEqual([])
    expect(writing.rejected.filter(text => read.has(text))).toEqual([])
    expect(writing.rejected.length).toBeGreaterThan(0)
    expect(writing.slowestMs).toBeLessThan(4_000)
    expect(logger.seen).toEqual([
      "warn: the log cannot be read; trying again until it can",
      "info: the log can be read again",
    ])
  })

  test("and then is asked for bounds is LOG_UNAVAILABLE within seconds, and well when it is back", {
    timeout: 60_000,
  }, async () => {
    await log.append([Buffer.from("one")])
    await kafka.down()
    const start = performance.now()

    const fault = await log.bounds().catch((error: unknown) => error)

    expect(isFault(fault, "LOG_UNAVAILABLE")).toBe(true)
    expect(performance.now() - start).toBeLessThan(4_000)
    await kafka.up()
    await expect
      .poll(() => log.bounds().catch(() => null), { timeout: 20_000 })
      .toEqual({ start: 0, head: 1 })
  })

  test("when a log is opened is a clear error in bounded time", { timeout: 60_000 }, async () => {
    await kafka.down()
    const start = performance.now()

    const fault = await openTestLog({ topic, brokers: kafka.brokers }).catch((error: unknown) => error)

    expect(performance.now() - start).toBeLessThan(15_000)
    expect(fault).toMatchObject({
      code: "LOG_UNAVAILABLE",
      message: expect.stringMatching(
        new RegExp(
          `no answer from ${kafka.brokers[0]} within 10 s: ECONNREFUSED.*check KAFKA_BROKERS and KAFKA_TLS`,
        ),
      ),
    })
    await kafka.up()
  })
})

test("a broker that hangs: appends end as unknown or not stored, in time, and all goes on when it wakes", {
  timeout: 90_000,
}, async () => {
  const reading = new Reading(reader)
  const writing = new Writing(log)
  await expect.poll(() => reading.texts.length, { timeout: 10_000 }).toBeGreaterThan(100)

  await kafka.hang()
  await expect.poll(() => writing.unknown.length + writing.rejected.length, { timeout: 20_000 }).toBe(4)
  await kafka.wake()
  const acknowledged = writing.acknowledged.length
  await expect
    .poll(() => writing.acknowledged.length, { timeout: 30_000 })
    .toBeGreaterThan(acknowledged + 100)
  await writing.stop()
  await expect
    .poll(async () => reading.offsets.length === (await log.bounds()).head, { timeout: 30_000 })
    .toBe(true)

  expect(reading.offsets).toEqual(reading.offsets.map((_, index) => index))
  expect(writing.acknowledged.filter(text => !reading.texts.includes(text))).toEqual([])
  expect(writing.rejected.filter(text => reading.texts.includes(text))).toEqual([])
  expect(writing.unknown.length).toBeGreaterThan(0)
  expect(writing.slowestMs).toBeLessThan(4_000)
})

test("a read that begins during an outage begins after it", { timeout: 60_000 }, async () => {
  await log.append([Buffer.from("one")])
  await kafka.down()
  const reading = new Reading(reader)
  await expect.poll(() => logger.seen, { timeout: 10_000 }).toHaveLength(1)

  await kafka.up()

  await expect.poll(() => reading.texts, { timeout: 30_000 }).toEqual(["one"])
})
