import { createServer } from "node:net"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Appender } from "../../../src/adapters/kafka/appender.js"
import { isFault } from "../../../src/ports/faults.js"
import { FakeBroker, optionsFor, type ProduceEnd } from "./fakeBroker.js"

/** Shorter than the real one. */
const RETRY_DELAY_MS = 1
const records = [Buffer.from("one"), Buffer.from("two")]

let broker: FakeBroker
let closing: AbortController
let appender: Appender

beforeEach(async () => {
  broker = new FakeBroker()
  await broker.listen()
  closing = new AbortController()
  appender = appenderTo(broker.address)
})

afterEach(async () => {
  closing.abort()
  await broker.close()
})

function appenderTo(address: string): Appender {
  return new Appender(optionsFor(address), closing.signal, RETRY_DELAY_MS)
}

const failed = (append: Promise<void>) =>
  append.then(
    () => "stored",
    (error: unknown) => error,
  )

describe("an append", () => {
  test("is one request", async () => {
    await appender.append(records)

    expect(broker.produceRequests).toBe(1)
  })

  test.each<ProduceEnd>([
    "hang up",
    "NOT_LEADER_FOR_PARTITION",
    "REQUEST_TIMED_OUT",
    "NOT_ENOUGH_REPLICAS",
    "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  ])("that ends with %s is tried again, and then is stored", async end => {
    broker.produceEnds.push(end)

    await appender.append(records)

    expect(broker.produceRequests).toBe(2)
  })

  test.each<ProduceEnd>([
    "hang up",
    "NOT_LEADER_FOR_PARTITION",
    "REQUEST_TIMED_OUT",
    "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  ])("that always ends with %s may be stored: OUTCOME_UNKNOWN", async end => {
    broker.produceEnds.push(...Array.from({ length: 9 }, () => end))

    expect(isFault(await failed(appender.append(records)), "OUTCOME_UNKNOWN")).toBe(true)
    expect(broker.produceRequests).toBe(6)
  })

  test("without an answer may be stored: OUTCOME_UNKNOWN, within 3 s", async () => {
    broker.produceEnds.push("silence", "silence", "silence")
    const start = performance.now()

    expect(isFault(await failed(appender.append(records)), "OUTCOME_UNKNOWN")).toBe(true)
    expect(performance.now() - start).toBeLessThan(3_000)
  })

  test("that was once unknown stays unknown, whatever comes after", async () => {
    broker.produceEnds.push("hang up", "MESSAGE_TOO_LARGE")

    expect(isFault(await failed(appender.append(records)), "OUTCOME_UNKNOWN")).toBe(true)
  })

  test("with too few replicas in sync is not stored: LOG_UNAVAILABLE", async () => {
    broker.produceEnds.push(...Array.from({ length: 9 }, () => "NOT_ENOUGH_REPLICAS" as const))

    expect(isFault(await failed(appender.append(records)), "LOG_UNAVAILABLE")).toBe(true)
  })

  test("that the broker refuses for good is not stored, and not retried", async () => {
    broker.produceEnds.push("MESSAGE_TOO_LARGE")

    expect(isFault(await failed(appender.append(records)), "LOG_UNAVAILABLE")).toBe(true)
    expect(broker.produceRequests).toBe(1)
  })

  test("without a broker is not stored: LOG_UNAVAILABLE, within 3 s", async () => {
    const nobody = await unusedAddress()
    const start = performance.now()

    const fault = await failed(appenderTo(nobody).append(records))

    expect(isFault(fault, "LOG_UNAVAILABLE")).toBe(true)
    expect(fault).toMatchObject({ message: expect.stringMatching(/^kafka game\/0 append: .*ECONNREFUSED/) })
    expect(performance.now() - start).toBeLessThan(3_000)
  })

  test("through a connection that is closed at once is not stored: LOG_UNAVAILABLE", async () => {
    broker.refuses = true

    expect(isFault(await failed(appender.append(records)), "LOG_UNAVAILABLE")).toBe(true)
  })

  test("after an error goes through a new connection", async () => {
    broker.produceEnds.push("MESSAGE_TOO_LARGE")
    await failed(appender.append(records))

    await appender.append(records)

    expect(broker.produceRequests).toBe(2)
  })

  test("in flight at the close is unknown, and nothing is sent any more", async () => {
    broker.produceEnds.push("silence")
    const append = failed(appender.append(records))
    await expect.poll(() => broker.produceRequests).toBe(1)

    closing.abort()

    expect(isFault(await append, "OUTCOME_UNKNOWN")).toBe(true)
    expect(broker.produceRequests).toBe(1)
  })

  test("of more small records than fit in a batch is refused", async () => {
    const tiny = Array.from({ length: 100_000 }, () => Buffer.from("1"))

    await expect(appender.append(tiny)).rejects.toThrow(RangeError)
  })
})

/** A port that was free a moment ago. */
function unusedAddress(): Promise<string> {
  return new Promise(resolve => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resolve(`127.0.0.1:${port}`))
    })
  })
}
