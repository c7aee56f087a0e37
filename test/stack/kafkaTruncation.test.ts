import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { isFault } from "../../src/ports/faults.js"
import type { Log, LogRecord } from "../../src/ports/log.js"
import { KeptLogger } from "../support/keptLogger.js"
import {
  asAdmin,
  deleteTopic,
  foreignTransaction,
  freshTopic,
  openTestLog,
  plainKafka,
} from "./support/kafka.js"

let topic: string
let logger: KeptLogger
let log: Log

beforeEach(async () => {
  topic = freshTopic()
  logger = new KeptLogger()
  log = await openTestLog({ topic, logger })
})

afterEach(async () => {
  await log.close()
  await deleteTopic(topic)
})

/** A reader that runs on by itself. */
class Reading {
  readonly records: LogRecord[] = []
  failure: unknown = null
  readonly ended: Promise<void>

  constructor(from: number, untilMs = 25_000) {
    this.ended = this.#read(from, AbortSignal.timeout(untilMs)).catch((error: unknown) => {
      this.failure = error
    })
  }

  async #read(from: number, signal: AbortSignal): Promise<void> {
    for await (const { records } of log.read(from, signal)) this.records.push(...records)
  }

  get offsets(): number[] {
    return this.records.map(({ offset }) => offset)
  }
}

const some = (count: number, text = "record") =>
  Array.from({ length: count }, (_, at) => Buffer.from(`${text} ${at}`))

async function recreateTopic(): Promise<void> {
  await deleteTopic(topic)
  // Kafka deletes in the background.
  await expect
    .poll(() => openTestLog({ topic }).then(fresh => fresh.close()), { timeout: 20_000 })
    .toBeUndefined()
}

const deleteRecordsBefore = (offset: number) =>
  asAdmin(async admin => {
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  })

describe("a topic that is deleted and made anew while a reader runs is LOG_TRUNCATED", () => {
  test.each([
    ["empty", 0],
    ["shorter", 2],
    ["longer", 9],
  ])("when the new log is %s", async (_, count) => {
    await log.append(some(5))
    const reading = new Reading(0)
    await expect.poll(() => reading.records.length, { timeout: 10_000 }).toBe(5)

    await recreateTopic()
    if (count > 0) await log.append(some(count, "another"))
    await reading.ended

    expect(isFault(reading.failure, "LOG_TRUNCATED")).toBe(true)
    expect(reading.offsets).toEqual([0, 1, 2, 3, 4])
  })
})

describe("records that are deleted", () => {
  test("before the reader's place trouble it not", async () => {
    await log.append(some(5))
    const reading = new Reading(0, 6_000)
    await expect.poll(() => reading.records.length, { timeout: 10_000 }).toBe(5)

    await deleteRecordsBefore(3)
    await log.append(some(2))
    await reading.ended

    expect(reading.failure).toBeNull()
    expect(reading.offsets).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test("where a read begins are LOG_TRUNCATED", async () => {
    await log.append(some(5))
    await deleteRecordsBefore(3)

    const reading = new Reading(2)
    await reading.ended

    expect(reading.failure).toMatchObject({
      code: "LOG_TRUNCATED",
      message: `kafka ${topic}/0 read: expected offset 2, the log begins at 3`,
    })
  })

  test("before a slow reader came to them are LOG_TRUNCATED, and no gap", async () => {
    // Far more than is read ahead.
    const big = Buffer.alloc(256 * 1024, "x")
    for (let at = 0; at < 80; at++) await log.append([big])
    const reading = log.read(0, AbortSignal.timeout(25_000))[Symbol.asyncIterator]()
    const first = await reading.next()

    await deleteRecordsBefore(79)
    const offsets: number[] = (first.value?.records ?? []).map(({ offset }: LogRecord) => offset)
    const readOn = async () => {
      for (;;) {
        const { value } = await reading.next()
        offsets.push(...(value?.records ?? []).map(({ offset }: LogRecord) => offset))
      }
    }
    const failure = await readOn().catch((error: unknown) => error)

    expect(isFault(failure, "LOG_TRUNCATED")).toBe(true)
    expect(offsets).toEqual(offsets.map((_, index) => index))
    expect(offsets.length).toBeLessThan(79)
  })
})

describe("what others write", () => {
  test("is delivered as it is: garbage, and a record without a value as an empty one", async () => {
    const producer = plainKafka().producer({ createPartitioner: () => () => 0 })
    await producer.connect()
    await producer.send({
      topic,
      messages: [
        { key: "key", value: "\u0000 no commit" },
        { key: "key", value: null },
      ],
    })
    await producer.disconnect()
    await log.append([Buffer.from("ours")])

    const reading = new Reading(0)

    await expect
      .poll(() => reading.records.map(textOf), { timeout: 10_000 })
      .toEqual(["\u0000 no commit", "", "ours"])
  })

  test("in a transaction leaves holes: void records, also at the end of the log", async () => {
    const reading = new Reading(0)
    await log.append([Buffer.from("before")])
    await foreignTransaction(topic, transaction => transaction.commit())

    await expect
      .poll(() => reading.records.map(textOf), { timeout: 15_000 })
      .toEqual(["before", "foreign", ""])
    await log.append([Buffer.from("after")])
    await expect.poll(() => reading.offsets, { timeout: 10_000 }).toEqual([0, 1, 2, 3])
    expect(logger.seen).toEqual(["error: the log has a hole: these offsets hold no record and are void"])
  })

  test("in an open transaction holds back neither the head nor a reader", async () => {
    const reading = new Reading(0)

    await foreignTransaction(topic, async transaction => {
      await log.append([Buffer.from("ours")])
      expect((await log.bounds()).head).toBe(2)
      await expect.poll(() => reading.records.map(textOf), { timeout: 10_000 }).toEqual(["foreign", "ours"])
      await transaction.abort()
    })
  })
})

const textOf = ({ bytes }: LogRecord) => Buffer.from(bytes).toString()
