import { afterEach, beforeEach, expect, test } from "vitest"
import { BoundsReader } from "../../../src/adapters/kafka/bounds.js"
import { isFault } from "../../../src/ports/faults.js"
import { FakeBroker, optionsFor } from "./fakeBroker.js"

let broker: FakeBroker
let closing: AbortController
let reader: BoundsReader

beforeEach(async () => {
  broker = new FakeBroker()
  await broker.listen()
  closing = new AbortController()
  reader = new BoundsReader(optionsFor(broker.address), closing.signal)
})

afterEach(async () => {
  closing.abort()
  await broker.close()
})

/** Queries are not answered until the returned function is called. */
function holdAnswers(): () => void {
  let release = () => {}
  broker.boundsGate = new Promise(resolve => {
    release = resolve
  })
  return release
}

test("bounds are the log's start and head", async () => {
  broker.bounds = { start: 3, head: 8 }

  expect(await reader.read()).toEqual({ start: 3, head: 8 })
})

test("callers at the same time share one query", async () => {
  const answers = await Promise.all([reader.read(), reader.read(), reader.read()])

  expect(answers).toHaveLength(3)
  expect(broker.boundsQuestions).toBe(1)
})

test("a caller during a query gets the answer to a later one", async () => {
  const release = holdAnswers()
  const first = reader.read()
  await expect.poll(() => broker.boundsQuestions).toBe(1)

  broker.bounds = { start: 0, head: 5 }
  const later = [reader.read(), reader.read()]
  release()

  expect(await first).toEqual({ start: 0, head: 0 })
  expect(await Promise.all(later)).toEqual([
    { start: 0, head: 5 },
    { start: 0, head: 5 },
  ])
  expect(broker.boundsQuestions).toBe(2)
})

test("without an answer it is LOG_UNAVAILABLE within 3 s, and then recovers", async () => {
  const release = holdAnswers()
  const start = performance.now()

  const fault = await reader.read().catch((error: unknown) => error)

  expect(isFault(fault, "LOG_UNAVAILABLE")).toBe(true)
  expect(performance.now() - start).toBeLessThan(3_000)
  release()
  expect(await reader.read()).toEqual({ start: 0, head: 0 })
})

test("a lost connection is replaced", async () => {
  await reader.read()
  broker.dropConnections()
  broker.bounds = { start: 0, head: 5 }

  expect(await reader.read()).toEqual({ start: 0, head: 5 })
})

test("a closed log has no bounds: LOG_UNAVAILABLE", async () => {
  closing.abort()

  const fault = await reader.read().catch((error: unknown) => error)

  expect(isFault(fault, "LOG_UNAVAILABLE")).toBe(true)
})

test("a partition with enough replicas in sync takes appends, one with too few does not", async () => {
  const options = { ...optionsFor(broker.address), minInsyncReplicas: 2 }
  const careful = new BoundsReader(options, closing.signal)
  broker.inSync = 2
  await careful.probe()

  broker.inSync = 1
  const fault = await careful.probe().catch((error: unknown) => error)

  const message = "kafka game/0: 1 replicas are in sync, an append needs 2 (min.insync.replicas)"
  expect(fault).toMatchObject({ code: "LOG_UNAVAILABLE", message })
  broker.inSync = 2
  await careful.probe()
})

test("a probe without an answer is LOG_UNAVAILABLE, and appends nothing", async () => {
  await reader.probe()
  broker.refuses = true
  broker.dropConnections()

  const fault = await reader.probe().catch((error: unknown) => error)

  expect(isFault(fault, "LOG_UNAVAILABLE")).toBe(true)
  expect(broker.produceRequests).toBe(0)
})

test("a broker may have an IPv6 address, in KAFKA_BROKERS and in what the cluster announces", async () => {
  const other = new FakeBroker("::1")
  await other.listen()
  other.bounds = { start: 0, head: 7 }
  try {
    expect(other.address).toBe(`[::1]:${other.port}`)
    expect(await new BoundsReader(optionsFor(other.address), closing.signal).read()).toEqual(other.bounds)
  } finally {
    closing.abort()
    await other.close()
  }
})
