import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { BatchQueue } from "../../../src/adapters/kafka/batchQueue.js"
import type { Bounds } from "../../../src/adapters/kafka/bounds.js"
import { Cursor } from "../../../src/adapters/kafka/cursor.js"
import type { FetchHandler, FetchLoop } from "../../../src/adapters/kafka/follow.js"
import { PartitionReader } from "../../../src/adapters/kafka/reader.js"
import { Fault, isFault } from "../../../src/ports/faults.js"
import type { LogRecord } from "../../../src/ports/log.js"
import { KeptLogger } from "../../support/keptLogger.js"

const record = (offset: number, text = `record ${offset}`): LogRecord => ({
  offset,
  at: 1_000 + offset,
  bytes: Buffer.from(text),
})

/** What one consumer does with its handler; then it waits for its end. */
type Script = (handler: FetchHandler, ended: AbortSignal) => Promise<void>

/** A log whose consumers each deliver what their scripts say. */
class ScriptedLog {
  readonly logger = new KeptLogger()
  readonly queue = new BatchQueue()
  readonly cursor: Cursor
  readonly ending = new AbortController()
  /** By default the reader is always at the head. */
  bounds: () => Promise<Bounds> = async () => ({ start: 0, head: this.cursor.next })
  consumers = 0
  readonly ended: Promise<void>

  constructor(from: number, scripts: readonly Script[], bounds?: () => Promise<Bounds>) {
    this.cursor = new Cursor(from)
    if (bounds !== undefined) this.bounds = bounds
    const follow: FetchLoop = async (handler, signal) => {
      const script = scripts[this.consumers++]
      await script?.(handler, signal)
      await new Promise<void>(resolve => signal.addEventListener("abort", () => resolve()))
    }
    const { cursor, queue, logger } = this
    const reader = new PartitionReader({
      name: "game/0",
      cursor,
      queue,
      follow,
      bounds: () => this.bounds(),
      logger,
    })
    this.ended = reader.run(this.ending.signal)
  }

  /** The offsets of the next `count` records; `-` before those of a hole. */
  async offsets(count: number): Promise<string[]> {
    const taken: string[] = []
    while (taken.length < count) {
      const batch = await this.queue.take()
      if (batch === null) break
      for (const { offset, bytes } of batch.records)
        taken.push(bytes.length === 0 ? `-${offset}` : `${offset}`)
    }
    return taken
  }
}

/** Delivers these records as one fetch, from wherever the handler says, as often as it asks. */
function brings(...records: readonly LogRecord[]): Script {
  return async (handler, ended) => {
    handler.joined()
    for (let fetches = 0; fetches < 10 && !ended.aborted; fetches++) {
      const from = handler.restart()
      const fetched = records.filter(({ offset }) => offset >= from)
      const end = (records.at(-1)?.offset ?? -1) + 1
      const next = await handler.take({ records: fetched, end, head: end, isStale: () => ended.aborted })
      if (next === "on") return
    }
  }
}

const fails =
  (code: string): Script =>
  async () => {
    throw Object.assign(new Error("it failed"), { code })
  }

let log: ScriptedLog | undefined

afterEach(async () => {
  vi.useRealTimers()
  log?.ending.abort()
  await log?.ended
})

describe("a reader", () => {
  test("delivers what a consumer fetches, with the head", async () => {
    log = new ScriptedLog(0, [brings(record(0), record(1))])

    expect(await log.queue.take()).toEqual({ records: [record(0), record(1)], head: 2 })
  })

  test("continues where it was when the consumer is replaced, without gap or duplicate", async () => {
    const first: Script = async (handler, ended) => {
      await brings(record(0), record(1))(handler, ended)
      throw new Error("crashed")
    }
    log = new ScriptedLog(0, [first, brings(record(0), record(1), record(2))])

    expect(await log.offsets(3)).toEqual(["0", "1", "2"])
  })

  test("does not deliver what an ended consumer still fetches", async () => {
    let late: Promise<unknown> = Promise.resolve()
    const first: Script = async (handler, ended) => {
      ended.addEventListener("abort", () => {
        const fetched = { records: [record(0, "late")], end: 1, head: 1, isStale: () => false }
        late = handler.take(fetched)
      })
      throw new Error("crashed")
    }
    log = new ScriptedLog(0, [first, brings(record(0))])

    expect(await log.queue.take()).toMatchObject({ records: [{ bytes: Buffer.from("record 0") }] })
    expect(await late).toBe("on")
  })

  test("does not deliver a batch that became stale while it waited for room", async () => {
    const stale: Script = async handler => {
      await handler.take({ records: [record(0, "stale")], end: 1, head: 1, isStale: () => true })
      await handler.take({ records: [record(0)], end: 1, head: 1, isStale: () => false })
    }
    log = new ScriptedLog(0, [stale])

    expect(await log.queue.take()).toMatchObject({ records: [{ bytes: Buffer.from("record 0") }] })
  })
})

describe("a jump", () => {
  test("that a second look corrects is not seen outside", async () => {
    let fetches = 0
    const skipping: Script = async (handler, ended) => {
      const all = brings(record(0), record(1), record(2))
      await brings(record(0))(handler, ended)
      fetches++
      const jumped = { records: [record(2)], end: 3, head: 3, isStale: () => false }
      expect(await handler.take(jumped)).toBe("again")
      await all(handler, ended)
    }
    log = new ScriptedLog(0, [skipping])

    expect(await log.offsets(3)).toEqual(["0", "1", "2"])
    expect([fetches, log.consumers]).toEqual([1, 1])
  })

  test("that two consumers see is a hole: void records, in one alarm", async () => {
    const holed = brings(record(0), record(3))
    log = new ScriptedLog(0, [holed, holed])

    expect(await log.offsets(4)).toEqual(["0", "-1", "-2", "3"])
    expect(log.consumers).toBe(2)
    expect(log.logger.seen).toEqual(["error: the log has a hole: these offsets hold no record and are void"])
  })

  test("the records of a hole have the time of the record before it", async () => {
    const holed = brings(record(0), record(2))
    log = new ScriptedLog(0, [holed, holed])
    await log.queue.take()

    expect(await log.queue.take()).toMatchObject({ records: [{ offset: 1, at: 1_000 }] })
  })

  test.each([
    ["before the second consumer looks", [0]],
    ["after", [0, 0]],
  ])("over a log that begins after it, since just %s, is LOG_TRUNCATED", async (_, starts) => {
    const cut = brings(record(0), record(3))
    log = new ScriptedLog(0, [cut, cut], async () => ({ start: starts.shift() ?? 3, head: 4 }))
    await log.queue.take()

    const fault = await log.queue.take().catch(error => error)

    expect(isFault(fault, "LOG_TRUNCATED")).toBe(true)
    expect(fault.message).toBe("kafka game/0 read: expected offset 1, the log begins at 3")
  })

  test("away from the known record, for two consumers, is LOG_TRUNCATED", async () => {
    const first: Script = async (handler, ended) => {
      await brings(record(0), record(1))(handler, ended)
      throw new Error("crashed")
    }
    const without = brings(record(5))
    log = new ScriptedLog(0, [first, without, without])
    await log.queue.take()

    const fault = await log.queue.take().catch(error => error)

    expect(fault.message).toBe("kafka game/0 read: the record known at offset 1 is gone, 5 comes next")
  })
})

test("another record where the last one was read is LOG_TRUNCATED", async () => {
  const first: Script = async (handler, ended) => {
    await brings(record(0), record(1))(handler, ended)
    throw new Error("crashed")
  }
  log = new ScriptedLog(0, [first, brings(record(0), record(1, "another"), record(2))])
  await log.queue.take()

  const fault = await log.queue.take().catch(error => error)

  expect(isFault(fault, "LOG_TRUNCATED")).toBe(true)
  expect(fault.message).toBe("kafka game/0 read: another record than before stands at offset 1")
})

describe("with time", () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  test("an outage is logged once, and its end once, however many retries there are", async () => {
    const reasons = ["ECONNREFUSED", "TIME_LIMIT", "ECONNREFUSED", "ECONNRESET"]
    const down = [...reasons, ...reasons, ...reasons].map(fails)
    log = new ScriptedLog(0, [...down, brings(record(0))])

    await vi.advanceTimersByTimeAsync(60_000)

    expect(await log.offsets(1)).toEqual(["0"])
    expect(log.logger.seen).toEqual([
      "warn: the log cannot be read; trying again until it can",
      "info: the log can be read again",
    ])
  })

  test("an outage that ends within 2 s is not logged", async () => {
    log = new ScriptedLog(0, [fails("GROUP_LOAD_IN_PROGRESS"), fails("ECONNREFUSED"), brings(record(0))])

    await vi.advanceTimersByTimeAsync(10_000)

    expect(await log.offsets(1)).toEqual(["0"])
    expect(log.logger.seen).toEqual([])
  })

  test("consumers that join and then fail do not end it", async () => {
    const joins: Script = async handler => {
      handler.joined()
      throw Object.assign(new Error("not allowed"), { code: "TOPIC_AUTHORIZATION_FAILED" })
    }
    log = new ScriptedLog(
      0,
      Array.from({ length: 99 }, () => joins),
    )

    await vi.advanceTimersByTimeAsync(60_000)

    expect(log.logger.seen).toEqual(["warn: the log cannot be read; trying again until it can"])
  })

  test("a consumer that has joined and does not fail ends it, even when there is nothing to read", async () => {
    const joins: Script = async handler => handler.joined()
    log = new ScriptedLog(0, [...Array.from({ length: 9 }, () => fails("ECONNREFUSED")), joins])

    await vi.advanceTimersByTimeAsync(60_000)

    expect(log.logger.seen).toEqual([
      "warn: the log cannot be read; trying again until it can",
      "info: the log can be read again",
    ])
  })

  test("a refused login is not an outage, and is logged at once", async () => {
    log = new ScriptedLog(0, [fails("SASL_AUTHENTICATION_FAILED"), brings(record(0))])

    await vi.advanceTimersByTimeAsync(50)

    expect(log.logger.entries.map(({ fields }) => fields)).toMatchObject([
      { reason: expect.stringMatching(/login was refused.*KAFKA_USERNAME/) },
    ])
  })

  test("a consumer that delivers nothing although there is something is replaced", async () => {
    log = new ScriptedLog(0, [async () => {}, brings(record(0))], async () => ({ start: 0, head: 1 }))

    await vi.advanceTimersByTimeAsync(10_000)

    expect(await log.offsets(1)).toEqual(["0"])
  })

  test("a consumer at the head is left alone", async () => {
    log = new ScriptedLog(0, [brings(record(0))], async () => ({ start: 0, head: 1 }))

    await vi.advanceTimersByTimeAsync(60_000)

    expect(log.consumers).toBe(1)
  })

  test("a consumer is left alone while nobody answers for the bounds", async () => {
    let answers = 0
    log = new ScriptedLog(0, [brings(record(0))], async () => {
      if (answers++ > 0) throw new Fault("LOG_UNAVAILABLE", "down")
      return { start: 0, head: 9 }
    })

    await vi.advanceTimersByTimeAsync(60_000)

    expect([log.consumers, log.logger.seen]).toEqual([1, []])
  })

  test("a log that ends before the place is LOG_TRUNCATED, when it does so three times", async () => {
    const heads = [0, 0, 0]
    log = new ScriptedLog(5, [], async () => ({ start: 0, head: heads.shift() ?? 9 }))
    const failure = log.queue.take().catch(error => error)

    await vi.advanceTimersByTimeAsync(10_000)

    expect(isFault(await failure, "LOG_TRUNCATED")).toBe(true)
    expect(heads).toEqual([])
  })

  test("one old head, as from a deposed leader, is ignored", async () => {
    const heads = [0]
    log = new ScriptedLog(5, [brings(record(5))], async () => ({ start: 0, head: heads.shift() ?? 6 }))

    await vi.advanceTimersByTimeAsync(10_000)

    expect(await log.offsets(1)).toEqual(["5"])
  })

  test("a log that is cut while the reader waits at its head is LOG_TRUNCATED", async () => {
    let head = 1
    log = new ScriptedLog(0, [brings(record(0))], async () => ({ start: 0, head }))
    await vi.advanceTimersByTimeAsync(100)
    await log.queue.take()

    head = 0
    const failure = log.queue.take().catch(error => error)
    await vi.advanceTimersByTimeAsync(10_000)

    expect(isFault(await failure, "LOG_TRUNCATED")).toBe(true)
  })
})

describe("backpressure", () => {
  test("a consumer waits while the reader's queue is full, and goes on when it is read", async () => {
    const big = (offset: number): LogRecord => ({ offset, at: 1, bytes: Buffer.alloc(1024 * 1024) })
    let taken = 0
    const flood: Script = async handler => {
      for (let offset = 0; offset < 20; offset++) {
        await handler.take({ records: [big(offset)], end: offset + 1, head: 20, isStale: () => false })
        taken++
      }
    }
    log = new ScriptedLog(0, [flood])

    await expect.poll(() => taken).toBe(8)
    expect(await log.offsets(20)).toHaveLength(20)
  })

  test("an aborted reader drops what is queued and ends", async () => {
    log = new ScriptedLog(0, [brings(record(0))])
    await expect.poll(() => log?.cursor.next).toBe(1)

    log.ending.abort()

    expect(await log.queue.take()).toBeNull()
  })
})
