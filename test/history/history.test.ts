import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { ALWAYS } from "../../src/history/span.js"
import { genesis } from "../audit/support/world.js"
import { faultOf } from "../support/fault.js"
import { Past } from "./support/past.js"
import { StuckEngine } from "./support/stuckEngine.js"

let database: Database
beforeAll(async () => {
  database = await Database.open()
})
afterAll(() => database.close())

async function newPast(options: Partial<Parameters<typeof Past.open>[0]> = {}): Promise<Past> {
  const past = await Past.open({ database, ...options })
  onTestFinished(() => past.close())
  past.does("registerPlayer", { playerId: "alice", name: "Alice", region: "eu" })
  past.does("grantGold", { playerId: "alice", amount: 1_000_000, reason: "a test" })
  return past
}

function buys(past: Past, count: number): void {
  for (let n = 0; n < count; n++)
    past.does("buySword", { playerId: "alice", swordType: "dagger", region: null })
}

const TOTALS = { by: [], bucket: null, span: ALWAYS, live: true } as const
const ANY = { player: null, swordType: null, region: null, guild: null, span: ALWAYS }

describe("what has not landed", () => {
  test("is not read from the log beyond a bound, and the answer says so", async () => {
    const past = await newPast()
    buys(past, 2)
    await past.land()
    buys(past, 20)
    const history = await past.history({
      sizes: { bufferBytesMax: 1, historyBounds: { logRecordsMax: 19 } },
    })

    expect(await history.sales(TOTALS)).toMatchObject({
      ...{ rows: [{ purchases: 2 }], live: false },
      ...{ landedThrough: past.head - 20, through: past.head - 20 },
    })
    const page = { wish: { ...ANY, player: "alice" }, first: 1, before: null }
    const fault = await faultOf(history.purchases(page))
    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(fault.message).toContain("20 records behind")
    expect((await faultOf(history.prefixAsOf(past.now))).code).toBe("HISTORY_UNAVAILABLE")
  })

  test("answers alone while nothing has landed, and no engine is asked", async () => {
    const past = await newPast()
    buys(past, 3)
    const engine = new StuckEngine()
    const history = await past.history({ engine })

    const { purchases } = await history.purchases({ wish: ANY, first: 10, before: null })

    expect((await history.sales(TOTALS)).rows).toMatchObject([{ purchases: 3, revenue: 75, players: 0 }])
    expect(purchases).toHaveLength(3)
    expect(engine.asked).toBe(0)
  })

  test("fills a page: then the lake is not asked", async () => {
    const past = await newPast()
    await past.land()
    buys(past, 3)
    const engine = new StuckEngine()
    const history = await past.history({ engine })

    const { purchases, hasMore } = await history.purchases({ wish: ANY, first: 2, before: null })

    expect(purchases).toHaveLength(2)
    expect(hasMore).toBe(true)
    expect(engine.asked).toBe(0)
  })
})

describe("an engine that does not answer", () => {
  test("is HISTORY_UNAVAILABLE at the deadline, and its query is cancelled", async () => {
    const past = await newPast()
    await past.land()
    const engine = new StuckEngine()
    const history = await past.history({ engine, sizes: { historyBounds: { deadlineMs: 50 } } })

    const fault = await faultOf(history.sales(TOTALS))

    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(fault.message).toBe("sales: no answer within 50 ms")
    await expect.poll(() => engine.ended).toBe(1)
  })

  test("has a query cancelled when its caller has left, and no other query", async () => {
    const past = await newPast()
    await past.land()
    const engine = new StuckEngine()
    const history = await past.history({ engine })
    const left = new AbortController()
    const asked = faultOf(history.sales(TOTALS, left.signal))
    const staying = faultOf(history.sales(TOTALS, new AbortController().signal))
    await expect.poll(() => engine.asked).toBe(2)

    left.abort()

    expect((await asked).code).toBe("HISTORY_UNAVAILABLE")
    expect(engine.ended).toBe(1)
    await history.close()
    expect((await staying).code).toBe("SHUTTING_DOWN")
  })

  test("does not keep the process from ending", async () => {
    const past = await newPast()
    await past.land()
    const engine = new StuckEngine()
    const history = await past.history({ engine })
    const asked = faultOf(history.guildGrowth({ guild: null, bucket: "DAY", span: ALWAYS }))
    await expect.poll(() => engine.asked).toBe(1)

    await history.close()

    expect((await asked).code).toBe("SHUTTING_DOWN")
    expect((await faultOf(history.sales(TOTALS))).code).toBe("SHUTTING_DOWN")
  })
})

describe("a report", () => {
  test("with too many rows is LIMIT_EXCEEDED, landed or not", async () => {
    const past = await newPast()
    for (let hour = 0; hour < 2001; hour++) {
      past.now += 3_600_000
      buys(past, 1)
    }
    const history = await past.history()
    const hourly = { ...TOTALS, bucket: "HOUR" } as const

    expect((await faultOf(history.sales(hourly))).code).toBe("LIMIT_EXCEEDED")
    await past.land()
    const fault = await faultOf(history.sales(hourly))
    expect(fault.code).toBe("LIMIT_EXCEEDED")
    expect(fault.message).toContain("2000 rows")
    expect((await history.sales({ ...hourly, bucket: "DAY" })).rows.length).toBeGreaterThan(80)
  })

  test("over a lake of another log is LAKE_OF_ANOTHER_LOG", async () => {
    const past = await newPast()
    await past.land()
    const other = await newPast({ lake: past.lake, genesis: { ...genesis, logId: "another-log" } })
    const history = await other.history()

    expect((await faultOf(history.sales(TOTALS))).code).toBe("LAKE_OF_ANOTHER_LOG")
  })

  test("covers only its own realm", async () => {
    const past = await newPast()
    buys(past, 2)
    await past.land()
    const other = await newPast({ lake: past.lake, genesis: { ...genesis, realm: 1, logId: "of-realm-1" } })
    buys(other, 5)
    await other.land()

    const history = await past.history()
    const ofOther = await other.history()

    expect((await history.sales(TOTALS)).rows).toMatchObject([{ purchases: 2 }])
    expect((await ofOther.sales(TOTALS)).rows).toMatchObject([{ purchases: 5, players: 1 }])
  })

  test("sees what lands while the process runs", async () => {
    const past = await newPast()
    buys(past, 1)
    const history = await past.history()
    const before = await history.sales(TOTALS)

    await past.land()

    expect(before).toMatchObject({ landedThrough: 0, through: 4 })
    expect(await history.sales(TOTALS)).toMatchObject({
      rows: [{ purchases: 1, players: 1 }],
      landedThrough: 4,
    })
  })
})
