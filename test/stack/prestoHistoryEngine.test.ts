import { randomUUID } from "node:crypto"
import { expect, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { PrestoHistoryEngine } from "../../src/adapters/presto/historyEngine.js"
import { EVENTS_FOLDER } from "../../src/lander/realmTable.js"
import type { Lake } from "../../src/ports/lake.js"
import { historyContract } from "../contract/history.js"
import { historyEngineContract } from "../contract/historyEngine.js"
import { Past } from "../history/support/past.js"
import { twoSwords } from "../history/support/twoSwords.js"
import { faultOf } from "../support/fault.js"
import { freshFolder, openTestLake } from "./support/hdfs.js"
import { stackPresto } from "./support/presto.js"

/** Presto over a lake, with views in a schema of its own. */
function prestoOver(lake: Lake): PrestoHistoryEngine {
  const schema = `test_${randomUUID().replaceAll("-", "")}`
  return new PrestoHistoryEngine({
    url: stackPresto(),
    table: `${lake.root}/${EVENTS_FOLDER}`,
    schema,
    schemaLocation: `${lake.root}/views`,
  })
}

const LONG_QUERY =
  "SELECT sum(a * b * c) AS n FROM UNNEST(sequence(1, 10000)) AS x(a) CROSS JOIN UNNEST(sequence(1, 10000)) AS y(b) CROSS JOIN UNNEST(sequence(1, 10000)) AS z(c)"

historyEngineContract("Presto", async () => {
  const database = await Database.open()
  const lake = openTestLake({ folder: freshFolder() })
  const past = await twoSwords({ database, lake })
  return {
    engine: prestoOver(lake),
    landed: await past.reader().read(),
    longQuery: LONG_QUERY,
    queriesMax: 72,
    async cleanup() {
      await past.close()
      await lake.close()
      await database.close()
    },
  }
})

historyContract("Presto", 4, async () => {
  const database = await Database.open()
  const lakes: Lake[] = []
  return {
    async open() {
      const lake = openTestLake({ folder: freshFolder() })
      lakes.push(lake)
      return { past: await Past.open({ database, lake }), engine: prestoOver(lake) }
    },
    async cleanup() {
      for (const lake of lakes) await lake.close()
      await database.close()
    },
  }
})

test("a report rests on what had landed when it was begun, also when more lands meanwhile", async () => {
  const database = await Database.open()
  const lake = openTestLake({ folder: freshFolder() })
  const past = await Past.open({ database, lake })
  try {
    past.does("registerPlayer", { playerId: "alice", name: "Alice", region: "eu" })
    past.does("buySword", { playerId: "alice", swordType: "dagger", region: null })
    await past.land()
    const presto = prestoOver(lake)
    // More lands between the reading of the table and the query, which sees the newest version.
    const late = {
      dialect: presto.dialect,
      eventsTable: presto.eventsTable.bind(presto),
      keepViews: presto.keepViews.bind(presto),
      close: presto.close.bind(presto),
      async query(...[sql, options]: Parameters<typeof presto.query>) {
        past.does("buySword", { playerId: "alice", swordType: "dagger", region: null })
        await past.land()
        return presto.query(sql, options)
      },
    }
    const history = await past.history({ engine: late })

    const { rows } = await history.sales({ by: [], bucket: null, span: { from: null, to: null }, live: true })

    expect(rows).toMatchObject([{ purchases: 1, revenue: 25 }])
  } finally {
    await past.close()
    await lake.close()
    await database.close()
  }
})

test("a query that is given up ends in Presto too, by its own account", async () => {
  const lake = openTestLake({ folder: freshFolder() })
  try {
    const marker = `-- ${randomUUID()}`
    const left = new AbortController()
    const asked = faultOf(prestoOver(lake).query(`${LONG_QUERY} ${marker}`, { signal: left.signal }))
    await expect.poll(() => stateOf(marker), { timeout: 30_000 }).toBe("RUNNING")

    left.abort()

    expect((await asked).code).toBe("HISTORY_UNAVAILABLE")
    await expect.poll(() => stateOf(marker), { timeout: 10_000 }).toBe("FAILED")
  } finally {
    await lake.close()
  }
})

/** The state that Presto tells of the query with this text in it. */
async function stateOf(marker: string): Promise<string | undefined> {
  const answer = await fetch(`${stackPresto()}/v1/query`)
  const queries = (await answer.json()) as readonly { readonly query: string; readonly state: string }[]
  return queries.find(({ query }) => query.includes(marker))?.state
}

test("a Presto that is not there is HISTORY_UNAVAILABLE, with its address and setting", async () => {
  const nobody = new PrestoHistoryEngine({
    ...{ url: "http://127.0.0.1:1", table: "hdfs://127.0.0.1:1/events" },
    ...{ schema: "none", schemaLocation: "hdfs://127.0.0.1:1/views" },
  })

  const fault = await faultOf(nobody.query("SELECT 1 AS a", { signal: new AbortController().signal }))

  expect(fault.code).toBe("HISTORY_UNAVAILABLE")
  expect(fault.message).toContain("127.0.0.1:1 (PRESTO_URL)")
  expect(fault.message).toContain("ECONNREFUSED")
})
