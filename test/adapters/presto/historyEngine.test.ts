import { describe, expect, onTestFinished, test } from "vitest"
import { PrestoHistoryEngine } from "../../../src/adapters/presto/historyEngine.js"
import { faultOf } from "../../support/fault.js"
import { type Answer, FakePresto } from "./fakePresto.js"

const VALUES: Answer = { columns: [["n", "bigint"]], parts: [[], [[1], [2]], [["9007199254740993"]]] }

function engineAt(url: string): PrestoHistoryEngine {
  const engine = new PrestoHistoryEngine({
    ...{ url, table: "hdfs://h/lake/events" },
    ...{ schema: "guildhall", schemaLocation: "hdfs://h/lake/views" },
  })
  onTestFinished(() => engine.close())
  return engine
}

const forever = () => new AbortController().signal

describe("an answer", () => {
  test("is all of its parts, in their order", async () => {
    const presto = await FakePresto.answering(() => VALUES)

    const answer = await engineAt(presto.url).query("SELECT n", { signal: forever() })

    expect(answer).toEqual({ columns: ["n"], rows: [[1], [2], [9_007_199_254_740_993n]] })
    expect(presto.count("DELETE")).toBe(0)
  })

  test("comes from an IPv6 address too", async () => {
    const presto = await FakePresto.answering(() => VALUES, "::1")

    const { rows } = await engineAt(presto.url).query("SELECT n", { signal: forever() })

    expect(presto.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect(rows).toHaveLength(3)
  })

  test("is asked for in UTC, as the user of the address, with its password", async () => {
    const presto = await FakePresto.answering(() => VALUES)
    const url = presto.url.replace("//", "//ann:p%40ss@")

    await engineAt(url).query("SELECT n", { signal: forever() })

    const authorization = `Basic ${Buffer.from("ann:p@ss").toString("base64")}`
    for (const { headers } of presto.asked) {
      expect(headers).toMatchObject({ authorization, "x-presto-user": "ann", "x-presto-time-zone": "UTC" })
    }
  })

  test("that points elsewhere is followed without the password", async () => {
    const other = await FakePresto.answering(() => VALUES)
    const first = await FakePresto.handling((_, response) => {
      const nextUri = `${other.url}/v1/statement/executing?part=1`
      response.end(JSON.stringify({ id: "q", nextUri, stats: { state: "QUEUED" } }))
    })

    await engineAt(first.url.replace("//", "//ann:secret@")).query("SELECT n", { signal: forever() })

    expect(other.asked.length).toBeGreaterThan(0)
    for (const { headers } of other.asked) expect(headers.authorization).toBeUndefined()
  })

  test("to a statement with a semicolon at its end is that of the statement alone", async () => {
    const presto = await FakePresto.answering(() => VALUES)

    await engineAt(presto.url).query("SELECT ';' AS n ; \n", { signal: forever() })

    expect(presto.statements).toEqual(["SELECT ';' AS n "])
  })

  test.each([
    [200, "<html>a login page</html>", "is this Presto?"],
    [200, '{"name": "something else"}', "is this Presto?"],
    [401, "", "HTTP status 401: does it take the user and the password?"],
    [404, "<h1>Not  found</h1>", "HTTP status 404: Not found"],
  ])(
    "that is not Presto's is HISTORY_UNAVAILABLE at once, and says what came: %i %s",
    async (status, body, told) => {
      const presto = await FakePresto.handling((_, response) => void response.writeHead(status).end(body))

      const fault = await faultOf(engineAt(presto.url).query("SELECT n", { signal: forever() }))

      expect(fault.code).toBe("HISTORY_UNAVAILABLE")
      expect(fault.message).toContain(`presto at ${new URL(presto.url).host} (PRESTO_URL): `)
      expect(fault.message).toContain(told)
      expect(presto.asked).toHaveLength(1)
    },
  )
})

describe("a service that is away", () => {
  test("for a moment is retried, and answers", async () => {
    let refusals = 2
    const answers = await FakePresto.answering(() => VALUES)
    const gateway = await FakePresto.handling(async ({ method, statement, headers }, response) => {
      if (refusals-- > 0) return void response.writeHead(503).end()
      const answer = await fetch(`${answers.url}/v1/statement`, {
        ...{ method, body: statement, headers: { host: String(headers.host) } },
      })
      response.end(await answer.text())
    })

    const { rows } = await engineAt(gateway.url).query("SELECT n", { signal: forever() })

    expect(rows).toHaveLength(3)
    expect(gateway.count("POST")).toBe(3)
  })

  test.each([429, 503])("behind a gateway that answers %i is given up after some tries", async status => {
    const gateway = await FakePresto.handling((_, response) => void response.writeHead(status).end())

    const fault = await faultOf(engineAt(gateway.url).query("SELECT 1", { signal: forever() }))

    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(fault.message).toContain(`HTTP status ${status}; given up after 6 tries`)
    expect(gateway.count("POST")).toBe(6)
  })

  test("is not retried any more once the deadline of a query has passed", async () => {
    const gateway = await FakePresto.handling((_, response) => void response.writeHead(503).end())
    const engine = engineAt(gateway.url)
    const deadline = new AbortController()
    const abandoned = faultOf(engine.query("SELECT 'abandoned'", { signal: deadline.signal }))
    await gateway.seen("POST", 2)

    deadline.abort()

    expect((await abandoned).code).toBe("HISTORY_UNAVAILABLE")
    const before = gateway.asked.length
    // It makes all of its own tries, so that none of the other query's pauses can be left.
    await faultOf(engine.query("SELECT 'another'", { signal: forever() }))
    expect(gateway.statements.slice(before)).toEqual(Array.from({ length: 6 }, () => "SELECT 'another'"))
  })
})

describe("a query that is given up", () => {
  test("is cancelled in Presto", async () => {
    const presto = await FakePresto.handling(({ method, headers }, response) => {
      if (method === "DELETE") return void response.writeHead(204).end()
      const nextUri = `http://${headers.host}/v1/statement/executing/q/1`
      // The result never comes.
      if (method === "POST") response.end(JSON.stringify({ id: "q", nextUri, stats: { state: "QUEUED" } }))
    })
    const left = new AbortController()
    const asked = faultOf(engineAt(presto.url).query("SELECT 1", { signal: left.signal }))
    await presto.seen("GET", 1)

    left.abort()

    expect((await asked).message).toContain("the query was ended before its answer")
    await presto.seen("DELETE", 1)
    expect(presto.asked.at(-1)?.path).toBe("/v1/statement/executing/q/1")
  })

  test("as its answer has too many rows is cancelled too", async () => {
    const presto = await FakePresto.answering(() => VALUES)

    const fault = await faultOf(engineAt(presto.url).query("SELECT n", { signal: forever(), rowsMax: 1 }))

    expect(fault.code).toBe("LIMIT_EXCEEDED")
    await presto.seen("DELETE", 1)
    expect(presto.count("GET")).toBe(2)
  })

  test("by closing the engine ends at once, and so do those that wait for their turn", async () => {
    const silent = await FakePresto.handling(() => {})
    const engine = engineAt(silent.url)
    const running = Array.from({ length: 12 }, () => faultOf(engine.query("SELECT 1", { signal: forever() })))
    await silent.seen("POST", 8)

    await engine.close()

    const codes = (await Promise.all(running)).map(({ code }) => code)
    expect(new Set(codes)).toEqual(new Set(["HISTORY_UNAVAILABLE"]))
    expect(silent.count("POST")).toBe(8)
  })
})

describe("a failed query", () => {
  test.each([
    ["SYNTAX_ERROR", "USER_ERROR", "BAD_USER_INPUT", false],
    ["DIVISION_BY_ZERO", "USER_ERROR", "BAD_USER_INPUT", false],
    ["A_NEW_ONE", "USER_ERROR", "BAD_USER_INPUT", false],
    ["ADMINISTRATIVELY_KILLED", "USER_ERROR", "HISTORY_UNAVAILABLE", true],
    ["ADMINISTRATIVELY_PREEMPTED", "INSUFFICIENT_RESOURCES", "HISTORY_UNAVAILABLE", true],
    ["USER_CANCELED", "USER_ERROR", "HISTORY_UNAVAILABLE", true],
    ["ABANDONED_QUERY", "USER_ERROR", "HISTORY_UNAVAILABLE", true],
    ["QUERY_REJECTED", "USER_ERROR", "HISTORY_UNAVAILABLE", true],
    ["PERMISSION_DENIED", "USER_ERROR", "HISTORY_UNAVAILABLE", true],
    ["QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES", "OVERLOADED", true],
    ["EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES", "HISTORY_UNAVAILABLE", true],
    ["QUERY_TEXT_TOO_LARGE", "USER_ERROR", "LIMIT_EXCEEDED", false],
    ["SERVER_SHUTTING_DOWN", "INTERNAL_ERROR", "HISTORY_UNAVAILABLE", true],
    ["HIVE_METASTORE_ERROR", "EXTERNAL", "HISTORY_UNAVAILABLE", true],
    ["A_NEW_ONE", "A_NEW_TYPE", "HISTORY_UNAVAILABLE", true],
  ])("named %s, of type %s, is %s", async (name, type, code, retryable) => {
    const presto = await FakePresto.answering(() => ({ failure: { name, type, message: "what it says" } }))

    const fault = await faultOf(engineAt(presto.url).query("SELECT 1", { signal: forever() }))

    expect(fault).toMatchObject({ code, retryable })
    expect(fault.message).toContain("what it says")
  })
})

describe("the views", () => {
  const views = ["events", "sword_purchases", "guild_joins"].map(name => ({ name, select: "SELECT 1 AS a" }))
  const created = (presto: FakePresto) =>
    presto.statements.flatMap(sql => /^CREATE OR REPLACE VIEW (\S+)/.exec(sql)?.[1] ?? [])

  test("whose names are taken by a table, or by a view of somebody else, are reported and stay; the others are created", async () => {
    const presto = await FakePresto.answering(sql =>
      sql.includes("information_schema")
        ? {
            columns: [
              ["table_name", "varchar"],
              ["view_definition", "varchar"],
            ],
            parts: [
              [],
              [
                ["events", "SELECT\n  1 a\nFROM\n  an_analysts_table"],
                ["guild_joins", null],
                ["sword_purchases", 'SELECT *\nFROM\n  (SELECT 1 a) "made_by_guildhall"'],
              ],
            ],
          }
        : {},
    )

    const problems = await engineAt(presto.url).keepViews(views, forever())

    expect(problems).toEqual([
      { name: "events", problem: expect.stringContaining("somebody else's view has the name") },
      { name: "guild_joins", problem: expect.stringContaining("a table has the name") },
    ])
    expect(created(presto)).toEqual(['hive."guildhall"."sword_purchases"'])
  })

  test("are created even when another lander creates the schema and a view at the same moment", async () => {
    const presto = await FakePresto.answering(sql =>
      /^CREATE SCHEMA|"events"/.test(sql) ? { failure: { name: "ALREADY_EXISTS", type: "USER_ERROR" } } : {},
    )

    expect(await engineAt(presto.url).keepViews(views, forever())).toEqual([])
    expect(created(presto)).toHaveLength(3)
  })

  test("that Presto refuses are reported, the others are created", async () => {
    const presto = await FakePresto.answering(sql =>
      /"events"/.test(sql) ? { failure: { name: "PERMISSION_DENIED", type: "USER_ERROR" } } : {},
    )

    const problems = await engineAt(presto.url).keepViews(views, forever())

    expect(problems).toMatchObject([{ name: "events" }])
    expect(created(presto)).toHaveLength(3)
  })

  test("are not kept while the metastore is away", async () => {
    const presto = await FakePresto.answering(() => ({
      failure: { name: "HIVE_METASTORE_ERROR", type: "EXTERNAL", message: "connection refused" },
    }))

    const fault = await faultOf(engineAt(presto.url).keepViews(views, forever()))

    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(fault.message).toContain("connection refused")
  })
})
