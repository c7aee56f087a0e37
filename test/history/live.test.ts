import { describe, expect, onTestFinished, test } from "vitest"
import { randomId, systemClock } from "../../src/adapters/system/clock.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { LiveRecords } from "../../src/history/live.js"
import type { Judged } from "../../src/log/judged.js"
import { Fault } from "../../src/ports/faults.js"
import { Tail } from "../../src/tail/tail.js"
import { genesis, World } from "../audit/support/world.js"
import { seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { faultOf } from "../support/fault.js"

const signal = new AbortController().signal

/** Alice, then bob and alice in turn: a log of a given number of records, the genesis included. */
async function live(records: number, options: { bufferBytesMax?: number; logRecordsMax?: number } = {}) {
  const world = new World()
  for (const playerId of ["alice", "bob"])
    world.does("registerPlayer", { playerId, name: "A name", region: "eu" })
  while (world.head < records) {
    const playerId = world.head % 2 === 0 ? "alice" : "bob"
    world.does("grantGold", { playerId, amount: 1, reason: randomId() })
  }
  const server = new FakeLogServer({ clock: systemClock, random: seeded(1) })
  server.store(world.log.records.map(({ bytes }) => bytes))
  const log = server.connect("api")
  const { bufferBytesMax = 1_000_000, ...bounds } = options
  const tail = new Tail({ log, genesis, from: 0, bufferBytesMax })
  tail.start()
  await tail.reached(records)
  onTestFinished(async () => {
    await tail.stop()
    await log.close()
  })
  return { tail, live: new LiveRecords({ tail, log, clock: systemClock, turnRecords: 3, ...bounds }) }
}

async function offsets(parts: AsyncIterable<readonly Judged[]>): Promise<number[]> {
  const found: number[] = []
  for await (const some of parts) found.push(...some.map(({ offset }) => offset))
  return found
}

/** The whole numbers [from, end). */
function range(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, n) => from + n)
}

describe("records that have not landed", () => {
  test.each([
    { from: "the buffer", bufferBytesMax: 1_000_000 },
    { from: "the log and the buffer", bufferBytesMax: 10_000 },
    { from: "the log", bufferBytesMax: 1 },
  ])("come in order from $from", async ({ bufferBytesMax }) => {
    const { live: records } = await live(40, { bufferBytesMax })

    expect(await offsets(records.records(5, 38, signal))).toEqual(range(5, 38))
  })

  test("come the newest first, as far as the buffer reaches back", async () => {
    const { live: records, tail } = await live(40, { bufferBytesMax: 10_000 })
    const newest = records.newestFirst(5, 38, signal)
    const found: number[] = []
    let part = await newest.next()
    while (!part.done) {
      found.push(...part.value.map(({ offset }) => offset))
      part = await newest.next()
    }

    const { from } = tail.buffer
    expect(from).toBeGreaterThan(5)
    expect(part.value).toBe(from)
    expect(found).toEqual(range(from, 38).reverse())
  })

  test.each([1_000_000, 1])(
    "about some aggregates are each given once (buffer of %i bytes)",
    async bufferBytesMax => {
      const { live: records } = await live(20, { bufferBytesMax })
      const about = (...players: string[]) =>
        offsets(records.about(players.map(playerAggregate), 3, 15, signal))

      expect(await about("alice")).toEqual(range(3, 15).filter(offset => offset % 2 === 0))
      expect(await about("bob", "alice")).toEqual(range(3, 15))
      expect(await about("carol")).toEqual([])
    },
  )

  test("are not read from the log when they are too many", async () => {
    const { live: records } = await live(40, { bufferBytesMax: 1, logRecordsMax: 10 })

    expect(records.reachesBackTo(30)).toBe(true)
    expect(records.reachesBackTo(29)).toBe(false)
    const fault = await faultOf((async () => records.assertReachesBackTo(29))())
    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(fault.message).toContain("11 records behind")
  })

  test("may be any number when the buffer has them", async () => {
    const { live: records } = await live(40, { logRecordsMax: 10 })

    expect(records.reachesBackTo(1)).toBe(true)
  })

  test("end when the signal is aborted", async () => {
    const { live: records } = await live(40)

    expect(await offsets(records.records(5, 38, AbortSignal.abort()))).toEqual([])
  })

  test("cannot be read from a tail that has failed", async () => {
    const { live: records, tail } = await live(5)
    tail.fail(new Fault("LOG_TRUNCATED", "for the test"))

    expect((await faultOf((async () => records.end)())).code).toBe("LOG_TRUNCATED")
  })
})
