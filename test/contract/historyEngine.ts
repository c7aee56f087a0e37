import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type EventType, eventTypes } from "../../src/domain/events.js"
import { gold, playerId, visibleText } from "../../src/domain/kinds.js"
import type { Landed } from "../../src/history/landed.js"
import { sqlViews } from "../../src/history/sqlViews.js"
import { namedRows } from "../../src/lake/namedRows.js"
import { quoteText } from "../../src/lake/sql.js"
import { type EngineAnswer, type HistoryEngine, type TableVersion } from "../../src/ports/historyEngine.js"
import { faultOf } from "../support/fault.js"

/** An engine over a lake in which `alice` and `bob` were registered, and `alice` bought a dagger and a katana. */
export interface HistoryEngineFixture {
  readonly engine: HistoryEngine
  /** The complete table of that lake. */
  readonly landed: Landed
  /** SQL that would run for minutes. */
  readonly longQuery: string
  /** How many queries may run, and how many may wait, at once. */
  readonly queriesMax: number
  /** Alice buys once more, and it lands. */
  landMore(): Promise<void>
  cleanup(): Promise<void>
}

/** What every engine that answers SQL over the lake must do. `open` may be slow; all tests share one engine. */
export function historyEngineContract(name: string, open: () => Promise<HistoryEngineFixture>): void {
  describe(`history engine: ${name}`, () => {
    let fixture: HistoryEngineFixture
    let engine: HistoryEngine
    let version: TableVersion
    beforeAll(async () => {
      fixture = await open()
      engine = fixture.engine
      version = fixture.landed.version()
    }, 120_000)
    afterAll(() => fixture.cleanup())

    const ask = (sql: string, rowsMax = 1000): Promise<EngineAnswer> =>
      engine.query(sql, { signal: new AbortController().signal, rowsMax })
    const rowsOf = async (sql: string) => namedRows(await ask(sql))
    const one = async (sql: string) => (await rowsOf(sql))[0]

    describe("the table of events", () => {
      test("has the landed rows, each value in its kind", async () => {
        const { dialect } = engine
        const columns = `"log_offset", "player", "sword_type", "price", "guild", ${dialect.milliseconds('"appended_at"')} AS "at", "dt"`
        const rows = await rowsOf(
          `SELECT ${columns} FROM ${engine.eventsTable(version)} AS "e" WHERE "type" = 'SwordBought' ORDER BY "price"`,
        )

        expect(rows).toMatchObject([
          { player: "alice", sword_type: "dagger", price: 25, guild: null, dt: "2024-05-01" },
          { player: "alice", sword_type: "katana", price: 150, guild: null, dt: "2024-05-01" },
        ])
        const [first] = rows
        expect(first?.at).toBe(Date.UTC(2024, 4, 1, 22))
        expect(Number.isSafeInteger(first?.log_offset)).toBe(true)
      })

      test("of no version has its columns, and no row", async () => {
        const none = { ...version, files: [], present: new Set<string>() }

        expect(await ask(`SELECT * FROM ${engine.eventsTable(none)} AS "e"`)).toEqual({
          columns: version.columns.map(({ name: column }) => column),
          rows: [],
        })
      })

      test("has null in a column that does not exist yet", async () => {
        const columns = [...version.columns, { name: "made_up", kind: "gold" } as const]

        const row = await one(
          `SELECT count(*) AS "n", count("made_up") AS "some" FROM ${engine.eventsTable({ ...version, columns })} AS "e"`,
        )

        expect(row).toEqual({ n: 4, some: 0 })
      })
    })

    // Shows R44.
    describe("values", () => {
      test("that are whole numbers stay exact", async () => {
        const row = await one(
          `SELECT CAST(9007199254740993 AS BIGINT) AS a, CAST(-9007199254740991 AS BIGINT) AS b,
            CAST(NULL AS BIGINT) AS c, sum(x) AS d
          FROM (VALUES (1), (2)) AS t(x)`,
        )

        expect(row).toEqual({ a: 9_007_199_254_740_993n, b: -9_007_199_254_740_991, c: null, d: 3 })
      })

      test("of columns with one name each stay in their place, under the names of the statement", async () => {
        const sql =
          "SELECT a.price, b.price, 1 AS n FROM (SELECT 25 AS price) AS a, (SELECT 150 AS price) AS b"

        expect(await ask(sql)).toEqual({ columns: ["price", "price", "n"], rows: [[25, 150, 1]] })
      })

      test("that are times with a zone are written in UTC", async () => {
        const at = engine.dialect.time(Date.UTC(2024, 4, 1, 22))

        const { rows } = await ask(`SELECT ${at} AS at`)

        expect(rows[0]?.[0]).toMatch(/^2024-05-01 22:00:00(\.000)? ?(\+00|UTC)$/)
      })

      test("that are fractions, flags and texts come as such", async () => {
        expect(
          await one("SELECT CAST(0.1234567890123456 AS DOUBLE) AS a, true AS b, 'text 😀' AS c"),
        ).toEqual({
          ...{ a: 0.1234567890123456, b: true, c: "text 😀" },
        })
      })

      test.each([0, 1, Date.UTC(2024, 1, 29, 23, 59, 59, 999), Date.UTC(9999, 11, 31, 23, 59, 59, 999)])(
        "that are times are whole milliseconds: %i",
        async ms => {
          const { dialect } = engine

          expect(await one(`SELECT ${dialect.milliseconds(dialect.time(ms))} AS at`)).toEqual({ at: ms })
        },
      )

      test("that are hostile are quoted", async () => {
        const nasty = fc.constantFrom(
          "'",
          "''",
          '"',
          ";",
          "--",
          "/*",
          "*/",
          "\\",
          "\\'",
          "\0",
          "\n",
          "%",
          "😀",
          "$1",
          "?",
        )
        const piece = fc.oneof(nasty, fc.string({ unit: "grapheme", maxLength: 8 }))
        const text = fc.array(piece, { maxLength: 6 }).map(pieces => pieces.join(""))
        const well = text.filter(candidate => !/\p{Cs}/u.test(candidate))
        await fc.assert(
          fc.asyncProperty(fc.array(well, { minLength: 1, maxLength: 40 }), async texts => {
            const columns = texts.map((value, i) => `${quoteText(value)} AS "c${i}"`)
            const row = await one(`SELECT ${columns.join(", ")}`)
            expect(Object.values(row ?? {})).toEqual(texts)
          }),
          { numRuns: 20 },
        )
      })

      test("may have 100 KB, and find equal values", async () => {
        const long = `${"it's; /* -- 😀".repeat(8000)}\0'`

        const row = await one(
          `SELECT length(${quoteText(long)}) AS n,
            ${quoteText(long)} = ${quoteText(long)} AS same,
            ${quoteText(long)} = ${quoteText(`${long} `)} AS other`,
        )

        expect(row).toEqual({ n: [...long].length, same: true, other: false })
      })
    })

    describe("a statement", () => {
      test.each([
        "CREATE TABLE made_up (a INTEGER)",
        "DROP VIEW events",
        "INSERT INTO made_up VALUES (1)",
        "DELETE FROM events",
        "CREATE OR REPLACE VIEW events AS SELECT 1 AS a",
        "/* SELECT */ CALL something()",
        "SET SESSION query_max_run_time = '1s'",
        "EXPLAIN ANALYZE CREATE TABLE made_up AS SELECT 1 AS a",
        "SELECT 1; SELECT 2",
        "",
      ])("that does not read is refused: %j", async sql => {
        expect((await faultOf(ask(sql))).code).toBe("BAD_USER_INPUT")
      })

      test.each([
        "SELEC 1",
        "SELECT * FROM no_such_table",
        "SELECT no_such_column FROM (VALUES (1)) AS t(a)",
      ])("that is invalid SQL is refused, and the engine says why: %j", async sql => {
        const fault = await faultOf(ask(sql))

        expect(fault.code).toBe("BAD_USER_INPUT")
        expect(fault.message).toMatch(/SELEC|no_such|does not exist/i)
      })

      test("may have comments and brackets around it", async () => {
        expect(await one("-- a comment\n /* another */ (SELECT 1 AS a)")).toEqual({ a: 1 })
      })

      test.each(["SELECT 1 AS a;", "SELECT 1 AS a ; \n"])("may end with a semicolon: %j", async sql => {
        expect(await one(sql)).toEqual({ a: 1 })
      })

      test("that returns more rows than allowed is LIMIT_EXCEEDED", async () => {
        const sql = "SELECT * FROM (VALUES (1), (2), (3)) AS t(a)"

        expect((await ask(sql, 3)).rows).toHaveLength(3)
        expect((await faultOf(ask(sql, 2))).code).toBe("LIMIT_EXCEEDED")
      })

      test("ends soon after its signal is aborted, and the next one is answered", async () => {
        const end = new AbortController()
        const running = faultOf(engine.query(fixture.longQuery, { signal: end.signal }))
        // It is running once a later query has been answered.
        expect(await one("SELECT 2 AS a")).toEqual({ a: 2 })
        const endedAt = Date.now()
        end.abort()

        expect((await running).code).toBe("HISTORY_UNAVAILABLE")
        expect(Date.now() - endedAt).toBeLessThan(5000)
        expect(await one("SELECT 1 AS a")).toEqual({ a: 1 })
      })

      test("whose signal was aborted before is not run", async () => {
        const fault = await faultOf(engine.query("SELECT 1 AS a", { signal: AbortSignal.abort() }))

        expect(fault.code).toBe("HISTORY_UNAVAILABLE")
      })

      test("is OVERLOADED when too many wait; waiting ones end when their signal is aborted", async () => {
        const end = new AbortController()
        const running = Array.from({ length: fixture.queriesMax }, () =>
          faultOf(engine.query(fixture.longQuery, { signal: end.signal })),
        )

        expect((await faultOf(ask("SELECT 1 AS a"))).code).toBe("OVERLOADED")

        end.abort()
        const codes = (await Promise.all(running)).map(({ code }) => code)
        expect(new Set(codes)).toEqual(new Set(["HISTORY_UNAVAILABLE"]))
        expect(await one("SELECT 1 AS a")).toEqual({ a: 1 })
      }, 60_000)
    })

    // Shows R42.
    describe("the views", () => {
      const keep = (registry?: ReadonlyMap<string, EventType>, table = version) =>
        engine.keepViews(
          sqlViews(each => engine.eventsTable(each), table, registry),
          new AbortController().signal,
        )

      test("are one of all events, and one per type with its own fields", async () => {
        await keep()
        await keep()

        const rows = await rowsOf(`SELECT id, player, sword_type, price FROM sword_purchases ORDER BY price`)
        expect(rows).toMatchObject([
          { player: "alice", sword_type: "dagger", price: 25 },
          { player: "alice", sword_type: "katana", price: 150 },
        ])
        const all = await rowsOf(
          "SELECT id, type FROM events WHERE realm = 0 ORDER BY log_offset, event_index",
        )
        expect(all.map(({ type }) => type)).toEqual([
          ...["PlayerRegistered", "PlayerRegistered", "SwordBought", "SwordBought"],
        ])
        expect(rows.map(({ id }) => id)).toEqual(all.slice(2).map(({ id }) => id))
        for (const { sqlView } of eventTypes.values()) {
          const columns = (await ask(`SELECT * FROM ${sqlView}`)).columns
          expect(columns.slice(0, 4)).toEqual(["id", "realm", "log_offset", "event_index"])
        }
        expect((await ask("SELECT * FROM sword_purchases")).columns).not.toContain("capacity")
      })

      test("know a type and a field that were declared since, without any row of them", async () => {
        const fields = { player: playerId, loot: gold(0, 9), note: visibleText(9) }
        const chests = {
          name: "ChestOpened",
          sqlView: "chest_openings",
          version: 1,
          fields,
          changing: [],
          upcasters: {},
        }
        const columns = [
          ...version.columns,
          { name: "loot", kind: "gold" },
          { name: "note", kind: "text" },
        ] as const

        await keep(new Map([...eventTypes, [chests.name, chests]]), { ...version, columns })

        const { columns: found, rows } = await ask("SELECT * FROM chest_openings")
        expect(rows).toEqual([])
        expect(found.slice(-2)).toEqual(["loot", "note"])
        expect(await one("SELECT count(*) AS n, count(loot) AS some FROM events")).toEqual({ n: 4, some: 0 })
      })
    })

    test("a version of the table stays as it is when more lands", async () => {
      const count = `SELECT count(*) AS n FROM ${engine.eventsTable(version)} AS "e"`
      expect(await one(count)).toEqual({ n: 4 })

      await fixture.landMore()

      expect(await one(count)).toEqual({ n: 4 })
    })
  })
}
