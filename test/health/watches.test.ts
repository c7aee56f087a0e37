import { describe, expect, test } from "vitest"
import { watchHistory, watchLake } from "../../src/health/watches.js"
import { Landed } from "../../src/history/landed.js"
import { Fault } from "../../src/ports/faults.js"
import type { HistoryEngine } from "../../src/ports/historyEngine.js"
import { SILENT } from "../../src/ports/logger.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLakeServer } from "../fakes/lake.js"

const BEAT_MS = 10_000

const NOWHERE = { version: 0, byRealm: new Map<number, number>(), gaps: [], columns: [] }

const NOTHING = new Landed({ ...NOWHERE, offset: 0, files: [], present: new Set() })

const FILE = {
  path: "dt=2026-11-29/0-0-3-x.parquet",
  partitionValues: { dt: "2026-11-29" },
  size: 1,
  modificationTime: 0,
  dataChange: true,
}

const ONE_FILE = new Landed({ ...NOWHERE, offset: 3, files: [FILE], present: new Set(["type"]) })

/** A lake, and the calls it got. */
function lakeWatch(lander: { figures: { commits: number } } | null) {
  const clock = new FakeClock()
  const changes: string[] = []
  const server = new FakeLakeServer({ clock, random: seeded(1), onChange: path => changes.push(path) })
  let read = 0
  const reader = {
    async read() {
      read += 1
      return NOTHING
    },
  }
  const figures =
    lander === null ? null : { figures: { ...lander.figures, files: 0, rows: 0, bytes: 0, retries: 0 } }
  const watch = watchLake({ lake: server.connect("a"), reader, lander: figures, clock, logger: SILENT })
  return { clock, server, changes, watch, figures, reads: () => read }
}

describe("the lake, where a lander runs,", () => {
  test("is written to by each probe, which leaves nothing behind", async () => {
    const { clock, server, changes, watch, reads } = lakeWatch({ figures: { commits: 0 } })
    watch.start()
    await clock.run(BEAT_MS)

    expect(changes.filter(path => !path.includes("/."))).not.toEqual([])
    expect(changes.every(path => path.startsWith("events/") && path.includes("_probe"))).toBe(true)
    expect(await clock.runFor(server.connect("b").list("events"))).toEqual([])
    expect(reads()).toBe(2)
  })

  test("is noticed to be full, and to have room again", async () => {
    const { clock, server, watch } = lakeWatch({ figures: { commits: 0 } })
    server.isFull = true
    watch.start()
    await clock.run(1000)
    expect(watch.problem).toMatchObject({ code: "HISTORY_UNAVAILABLE" })

    server.isFull = false
    await clock.run(BEAT_MS)
    expect(watch.problem).toBeNull()
  })

  test("needs no probe while batches land", async () => {
    const { clock, changes, watch, figures } = lakeWatch({ figures: { commits: 0 } })
    watch.start()
    await clock.run(1000)
    const before = changes.length

    if (figures !== null) figures.figures.commits += 1
    await clock.run(BEAT_MS)

    expect(changes).toHaveLength(before)
  })
})

test("the lake, where no lander runs, is only read", async () => {
  const { clock, server, changes, watch, reads } = lakeWatch(null)
  watch.start()
  await clock.run(BEAT_MS)
  expect([changes, reads(), watch.problem]).toEqual([[], 2, null])

  server.cut("a")
  await clock.run(BEAT_MS)
  expect(watch.problem).toMatchObject({ code: "HISTORY_UNAVAILABLE" })
})

describe("history", () => {
  /** An engine that records its queries, in the state that the test sets. */
  function historyWatch(last: Landed | null) {
    const clock = new FakeClock()
    const asked: string[] = []
    const state: { fault: Fault | null; answered: number } = { fault: null, answered: 0 }
    const engine: HistoryEngine = {
      dialect: { time: String, milliseconds: String },
      eventsTable: ({ files }) => `table of ${files.map(({ path }) => path).join()}`,
      async query(sql) {
        asked.push(sql)
        if (state.fault !== null) throw state.fault
        return { columns: [], rows: [] }
      },
      keepViews: async () => [],
      async close() {},
    }
    const watch = watchHistory({ engine, reader: { last }, history: state, clock, logger: SILENT })
    return { clock, asked, state, watch }
  }

  test("is asked for one row of one file of the table", async () => {
    const { clock, asked, watch } = historyWatch(ONE_FILE)
    watch.start()
    await clock.run(0)

    const table = "table of dt=2026-11-29/0-0-3-x.parquet"
    expect(asked).toEqual([`SELECT 1 FROM ${table} AS "events" WHERE "dt" = '2026-11-29' LIMIT 1`])
  })

  test.each([
    ["before the first landing", NOTHING],
    ["before the lake said", null],
  ])("is asked without a table %s", async (_, last) => {
    const { clock, asked, watch } = historyWatch(last)
    watch.start()
    await clock.run(0)

    expect(asked).toEqual(["SELECT 1"])
  })

  test("has a problem from a failed probe until a probe, or a report, is answered", async () => {
    const { clock, state, watch } = historyWatch(ONE_FILE)
    state.fault = new Fault("HISTORY_UNAVAILABLE", "the metastore is away")
    watch.start()
    await clock.run(0)
    expect(watch.problem?.message).toBe("the metastore is away")

    state.answered += 1
    expect(watch.problem).toBeNull()

    await clock.run(2 * BEAT_MS)
    expect(watch.problem?.message).toBe("the metastore is away")
    state.fault = null
    await clock.run(BEAT_MS)
    expect(watch.problem).toBeNull()
  })
})
