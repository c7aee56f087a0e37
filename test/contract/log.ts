import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { isFault } from "../../src/ports/faults.js"
import { APPEND_BYTES_MAX, type Log, type LogBatch, type LogRecord } from "../../src/ports/log.js"

/** A fresh, empty log of an implementation under test. */
export interface LogFixture {
  readonly log: Log
  /** Another connection to the same log, as from another process. Absent where only one may write. */
  readonly connect?: () => Promise<Log>
  /** Closes the log and opens it again. Absent where nothing outlives the process. */
  readonly reopen?: () => Promise<Log>
  /** The clock that append times come from. Default: `Date.now`, within a minute. */
  readonly now?: () => number
  /** Removes everything; the suite has closed `log` and whatever `connect` and `reopen` returned. */
  readonly cleanup: () => Promise<void>
}

/** Nothing in the suite takes longer, even on a real service. */
const WAIT_MS = 15_000
/** What "promptly" means for the end of a read. */
const PROMPT_MS = 2_000
const CLOCK_DIFFERENCE_MS = 60_000
const RECORD_BYTES_MAX = 256 * 1024

/** What every implementation of the Log port must do. Each test gets a fresh log from `make`. */
export function logContract(name: string, make: () => Promise<LogFixture>): void {
  describe(`${name} keeps the contract of a log:`, () => {
    let fixture: LogFixture
    let log: Log
    let opened: Log[]

    beforeEach(async () => {
      fixture = await make()
      log = fixture.log
      opened = [log]
    })

    afterEach(async () => {
      for (const each of opened) await each.close()
      await fixture.cleanup()
    })

    const connect = async (): Promise<Log> => {
      const another = (await fixture.connect?.()) ?? log
      opened.push(another)
      return another
    }

    describe("append and read", () => {
      test("a new log is empty", async () => {
        expect(await log.bounds()).toEqual({ start: 0, head: 0 })
      })

      test("records get dense offsets from 0, in the order of their appends", async () => {
        for (let at = 0; at < 20; at++) await log.append([record(`one ${at}`), record(`two ${at}`)])

        const records = await take(log, 0, 40)

        expect(records.map(({ offset }) => offset)).toEqual(range(0, 40))
        expect(texts(records)).toEqual(range(0, 20).flatMap(at => [`one ${at}`, `two ${at}`]))
      })

      test("one append of many records keeps their order", async () => {
        const many = range(0, 3_000).map(at => `record ${at}`)

        await log.append(many.map(record))

        expect(texts(await take(log, 0, 3_000))).toEqual(many)
      })

      test("an append of nothing stores nothing", async () => {
        await log.append([])

        expect((await log.bounds()).head).toBe(0)
      })

      test("a read begins at any offset up to the head", async () => {
        await log.append(range(0, 50).map(at => record(`record ${at}`)))

        for (const from of [0, 1, 25, 49]) {
          const records = await take(log, from, 50 - from)
          expect(records.map(({ offset }) => offset)).toEqual(range(from, 50))
        }
      })

      test("a reader at the head gets what comes later, each record once", async () => {
        await log.append([record("before")])
        const reading = take(log, 1, 30)

        for (let at = 0; at < 30; at++) await log.append([record(`live ${at}`)])

        expect(texts(await reading)).toEqual(range(0, 30).map(at => `live ${at}`))
      })

      test("several readers each get everything, in the same order", async () => {
        const readings = [take(log, 0, 60), take(log, 0, 60), take(await connect(), 0, 60)]

        for (let at = 0; at < 20; at++) await log.append(range(0, 3).map(n => record(`${at}.${n}`)))

        const [first = [], ...others] = await Promise.all(readings)
        expect(texts(first)).toEqual(range(0, 20).flatMap(at => range(0, 3).map(n => `${at}.${n}`)))
        for (const other of others) expect(other).toEqual(first)
      })

      test("appends of two connections interleave as wholes, each in its own order", async () => {
        const other = await connect()
        const write = async (writer: Log, who: string) => {
          for (let at = 0; at < 25; at++)
            await writer.append([record(`${who} ${at}`), record(`${who} ${at}+`)])
        }

        if (other === log) await write(log, "a").then(() => write(log, "b"))
        else await Promise.all([write(log, "a"), write(other, "b")])

        const all = texts(await take(log, 0, 100))
        for (const who of ["a", "b"]) {
          const own = all.filter(text => text.startsWith(who))
          expect(own).toEqual(range(0, 25).flatMap(at => [`${who} ${at}`, `${who} ${at}+`]))
        }
        expect(texts(await take(other, 0, 100))).toEqual(all)
      })

      test("a slow reader gets everything", async () => {
        const reading = takeSlowly(log, 0, 2_000)

        for (let at = 0; at < 20; at++) {
          await log.append(range(0, 100).map(n => record(`${at * 100 + n}`)))
        }

        expect(texts(await reading)).toEqual(range(0, 2_000).map(String))
      })

      test("a batch reports the head, at least the offset after its last record", async () => {
        await log.append(range(0, 10).map(at => record(`record ${at}`)))

        const batches = await takeBatches(log, 0, 10)

        for (const { records, head } of batches) {
          expect(head).toBeGreaterThan(records.at(-1)?.offset ?? -1)
        }
      })
    })

    describe("bytes", () => {
      test("come back as they were, from 1 byte to a whole append", async () => {
        const sizes = [1, 2, 255, 4_096, 65_537, RECORD_BYTES_MAX]
        const sent = sizes.map(size => noise(size))

        for (const bytes of sent) await log.append([bytes])
        await log.append([noise(RECORD_BYTES_MAX), noise(APPEND_BYTES_MAX - RECORD_BYTES_MAX)])

        const records = await take(log, 0, sizes.length + 2)
        const received = records.slice(0, sizes.length).map(({ bytes }) => Buffer.from(bytes))
        received.forEach((bytes, at) => {
          expect(bytes.equals(sent[at] ?? Buffer.alloc(0))).toBe(true)
        })
        expect(records.slice(-2).map(({ bytes }) => bytes.length)).toEqual([
          RECORD_BYTES_MAX,
          RECORD_BYTES_MAX,
        ])
      })

      test("the caller may use its buffer again after the append", async () => {
        const buffer = Buffer.from("first")
        await log.append([buffer])
        buffer.write("other")
        await log.append([buffer])

        expect(texts(await take(log, 0, 2))).toEqual(["first", "other"])
      })

      test("an empty record is refused: it would read as a hole", async () => {
        await expect(log.append([record("whole"), new Uint8Array(0)])).rejects.toThrow(RangeError)

        expect((await log.bounds()).head).toBe(0)
      })

      test("an append beyond its bound is refused", async () => {
        const halves = [noise(RECORD_BYTES_MAX), noise(RECORD_BYTES_MAX), noise(1)]

        await expect(log.append(halves)).rejects.toThrow(RangeError)

        expect((await log.bounds()).head).toBe(0)
      })
    })

    describe("time", () => {
      test("is the log's own, in whole milliseconds since 1970", async () => {
        const now = fixture.now ?? Date.now
        const before = now()
        await log.append([record("one"), record("two")])
        const after = now()

        for (const { at } of await take(log, 0, 2)) {
          expect(Number.isSafeInteger(at)).toBe(true)
          expect(at).toBeGreaterThanOrEqual(before - CLOCK_DIFFERENCE_MS)
          expect(at).toBeLessThanOrEqual(after + CLOCK_DIFFERENCE_MS)
        }
      })

      test("is the same for every reader, at any time", async () => {
        await log.append([record("one")])
        const [first] = await take(log, 0, 1)
        await log.append([record("two")])

        const [again] = await take(await connect(), 0, 2)

        expect(again).toEqual(first)
      })
    })

    describe("bounds", () => {
      test("a head asked for after an append lies beyond it, on any connection", async () => {
        const other = await connect()

        for (let at = 1; at <= 20; at++) {
          await log.append([record(`record ${at}`)])
          expect((await other.bounds()).head).toBeGreaterThanOrEqual(at)
          expect((await log.bounds()).head).toBe(at)
        }
        expect((await log.bounds()).start).toBe(0)
      })

      test.each([-1, 4, 1_000_000])("a read from %d of a log of 3 is LOG_TRUNCATED", async from => {
        await log.append([record("one"), record("two"), record("three")])

        const fault = await take(log, from, 1).catch(error => error)

        expect(isFault(fault, "LOG_TRUNCATED")).toBe(true)
      })
    })

    describe("ends", () => {
      test("an aborted signal ends a waiting read promptly and without an error", async () => {
        await log.append([record("one")])
        const abort = new AbortController()
        const read = started(log, 0, abort.signal)
        await read.waitsAtHead

        abort.abort()

        expect(await within(read.ended, PROMPT_MS)).toBe("ended")
      })

      test("a signal that was aborted before yields nothing", async () => {
        await log.append([record("one")])

        const read = started(log, 0, AbortSignal.abort())

        expect(await within(read.ended, PROMPT_MS)).toBe("ended")
        expect(read.seen()).toBe(0)
      })

      test("a consumer that leaves ends its read, and no other", async () => {
        const other = take(log, 0, 2)
        await log.append([record("one")])
        for await (const { records } of log.read(0, AbortSignal.timeout(WAIT_MS))) {
          if (records.length > 0) break
        }

        await log.append([record("two")])

        expect(texts(await other)).toEqual(["one", "two"])
      })

      test("closing the log ends a waiting read promptly and without an error", async () => {
        await log.append([record("one")])
        const read = started(log, 0, AbortSignal.timeout(WAIT_MS))
        await read.waitsAtHead

        await log.close()

        expect(await within(read.ended, PROMPT_MS)).toBe("ended")
      })

      test("a closed log accepts nothing more: LOG_UNAVAILABLE", async () => {
        await log.append([record("one")])
        await log.close()
        await log.close()

        const faults = [
          await log.append([record("two")]).catch(error => error),
          await log.bounds().catch(error => error),
        ]

        expect(faults.map(fault => isFault(fault, "LOG_UNAVAILABLE"))).toEqual([true, true])
      })

      test("everything acknowledged is there when the log is opened again", async () => {
        for (let at = 0; at < 10; at++) await log.append([record(`a ${at}`), record(`b ${at}`)])
        const before = await take(log, 0, 20)

        const again = (await fixture.reopen?.()) ?? log
        opened.push(again)
        await again.append([record("after")])

        const after = await take(again, 0, 21)
        expect(after.slice(0, 20)).toEqual(before)
        expect(texts(after.slice(20))).toEqual(["after"])
      })
    })
  })
}

/** The first `count` records from an offset. Rejects with the read's fault, or when they do not come in time. */
export async function take(log: Log, from: number, count: number): Promise<LogRecord[]> {
  return (await takeBatches(log, from, count)).flatMap(({ records }) => records).slice(0, count)
}

async function takeBatches(
  log: Log,
  from: number,
  count: number,
  pause: () => Promise<void> = async () => {},
): Promise<LogBatch[]> {
  const batches: LogBatch[] = []
  let taken = 0
  for await (const batch of log.read(from, AbortSignal.timeout(WAIT_MS))) {
    batches.push(batch)
    taken += batch.records.length
    if (taken >= count) return batches
    await pause()
  }
  throw new Error(`read from ${from}: expected ${count} records within ${WAIT_MS} ms, got ${taken}`)
}

/** Leaves the event loop between batches, so that appends run ahead of the reader. */
async function takeSlowly(log: Log, from: number, count: number): Promise<LogRecord[]> {
  const pause = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
  }
  const batches = await takeBatches(log, from, count, pause)
  return batches.flatMap(({ records }) => records)
}

interface StartedRead {
  /** Resolves when the record before the head was seen: from then on the read waits. */
  readonly waitsAtHead: Promise<void>
  readonly ended: Promise<"ended">
  readonly seen: () => number
}

/** Reads a log of one record, and on. */
function started(log: Log, from: number, signal: AbortSignal): StartedRead {
  let sawRecord = () => {}
  const waitsAtHead = new Promise<void>(resolve => {
    sawRecord = resolve
  })
  let seen = 0
  const follow = async (): Promise<"ended"> => {
    for await (const { records } of log.read(from, signal)) {
      seen += records.length
      if (seen > 0) sawRecord()
    }
    return "ended"
  }
  return { waitsAtHead, ended: follow(), seen: () => seen }
}

async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | "too late"> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<"too late">(resolve => {
    timer = setTimeout(() => resolve("too late"), limitMs)
  })
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

export function record(text: string): Uint8Array {
  return Buffer.from(text)
}

export function texts(records: readonly LogRecord[]): string[] {
  return records.map(({ bytes }) => Buffer.from(bytes).toString())
}

/** Half-open. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at)
}

/** Bytes of every value, the same each time. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  let state = size + 1
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 16
  }
  return bytes
}
