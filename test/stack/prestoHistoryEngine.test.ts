import { randomUUID } from "node:crypto"
import { expect, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { PrestoHistoryEngine } from "../../src/adapters/presto/historyEngine.js"
import { StatementClient } from "../../src/adapters/presto/statementClient.js"
import { EVENTS_FOLDER } from "../../src/lake/realmTable.js"
import type { Lake } from "../../src/ports/lake.js"
import { historyContract } from "../contract/history.js"
import { historyEngineContract } from "../contract/historyEngine.js"
import { Past } from "../history/support/past.js"
import { buysMore, twoSwords } from "../history/support/twoSwords.js"
import { faultOf } from "../support/fault.js"
import { freshFolder, openTestLake } from "./support/hdfs.js"
import { stackPresto } from "./support/presto.js"

const forever = new AbortController().signal

function newSchema(): string {
  return `test_${randomUUID().replaceAll("-", "")}`
}

/** Presto over a lake, with views in a schema of its own. */
function prestoOver(lake: Lake, schema = newSchema()): PrestoHistoryEngine {
  return new PrestoHistoryEngine({
    url: stackPresto(),
    table: `${lake.root}/${EVENTS_FOLDER}`,
    schema,
    schemaLocation: `${lake.root}/views`,
  })
}

const LONG_QUERY = `SELECT sum(a * b * c) AS n FROM UNNEST(sequence(1, 10000)) AS x(a)
   CROSS JOIN UNNEST(sequence(1, 10000)) AS y(b) CROSS JOIN UNNEST(sequence(1, 10000)) AS z(c)`

historyEngineContract("Presto", async () => {
  const database = await Database.open()
  const lake = openTestLake({ folder: freshFolder() })
  const past = await twoSwords({ database, lake })
  return {
    engine: prestoOver(lake),
    landed: await past.reader().read(),
    longQuery: LONG_QUERY,
    queriesMax: 72,
    landMore: () => buysMore(past),
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

test("a query that an operator kills in Presto is HISTORY_UNAVAILABLE, for another try", async () => {
  const lake = openTestLake({ folder: freshFolder() })
  const engine = prestoOver(lake)
  try {
    const marker = `-- ${randomUUID()}`
    const asked = faultOf(engine.query(`${LONG_QUERY} ${marker}`, { signal: forever }))
    await expect.poll(() => stateOf(marker), { timeout: 30_000 }).toBe("RUNNING")

    const answer = await fetch(`${stackPresto()}/v1/query/${(await queryOf(marker))?.queryId}/killed`, {
      ...{ method: "PUT", body: "too dear", headers: { "x-presto-user": "operator" } },
    })

    expect(answer.ok).toBe(true)
    const fault = await asked
    expect(fault).toMatchObject({ code: "HISTORY_UNAVAILABLE", retryable: true })
    expect(fault.message).toContain("too dear")
  } finally {
    await engine.close()
    await lake.close()
  }
})

test("many landers that begin at once make the views once, and without an error", async () => {
  const lake = openTestLake({ folder: freshFolder() })
  const schema = newSchema()
  const engines = Array.from({ length: 6 }, () => prestoOver(lake, schema))
  const views = [{ name: "events", select: "SELECT 1 AS a" }]
  try {
    const problems = await Promise.all(engines.map(engine => engine.keepViews(views, forever)))

    expect(problems).toEqual(engines.map(() => []))
    const { rows } = await prestoOver(lake, schema).query("SELECT a FROM events", { signal: forever })
    expect(rows).toEqual([[1]])
  } finally {
    for (const engine of engines) await engine.close()
    await lake.close()
  }
})

test("a table and a view of others stay as they are, and are named; our views are made and replaced", async () => {
  const lake = openTestLake({ folder: freshFolder() })
  const schema = newSchema()
  const engine = prestoOver(lake, schema)
  const view = (name: string, select: string) => ({ name, select })
  try {
    await engine.keepViews([view("sword_purchases", "SELECT 25 AS price")], forever)
    await administer(`CREATE VIEW hive.${schema}.events AS SELECT 'by hand' AS a`)
    await administer(`CREATE TABLE hive.${schema}.guild_joins AS SELECT 'by hand' AS a`)

    const names = ["events", "guild_joins", "sword_purchases", "player_registrations"]
    const problems = await engine.keepViews(
      names.map(name => view(name, "SELECT 150 AS price")),
      forever,
    )

    expect(problems).toMatchObject([{ name: "events" }, { name: "guild_joins" }])
    const all = names.map(name => `SELECT * FROM ${name}`).map(sql => engine.query(sql, { signal: forever }))
    expect((await Promise.all(all)).map(({ rows }) => rows[0])).toEqual([
      ["by hand"],
      ["by hand"],
      [150],
      [150],
    ])
  } finally {
    await engine.close()
    await lake.close()
  }
})

interface PrestoQuery {
  readonly queryId: string
  readonly query: string
  readonly state: string
}

/** The query with this text in it, as Presto tells of it. */
async function queryOf(marker: string): Promise<PrestoQuery | undefined> {
  const answer = await fetch(`${stackPresto()}/v1/query`)
  const queries = (await answer.json()) as readonly PrestoQuery[]
  return queries.find(({ query }) => query.includes(marker))
}

/** Runs a statement that writes, as an administrator of Presto does. */
async function administer(statement: string): Promise<void> {
  const client = new StatementClient({ url: stackPresto(), catalog: "hive", schema: "default" })
  try {
    await client.run(statement, forever, ({ failure }) => {
      if (failure !== null) throw new Error(failure.message)
    })
  } finally {
    await client.close()
  }
}

/** The state that Presto tells of the query with this text in it. */
async function stateOf(marker: string): Promise<string | undefined> {
  return (await queryOf(marker))?.state
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
