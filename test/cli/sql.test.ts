import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type PrintOptions, printed } from "../../src/cli/sqlAnswer.js"
import { startChild } from "../support/child.js"
import { temporaryFolder } from "../support/folder.js"
import { buysMore, realmFolder } from "./support/realmFolder.js"
import { runCli, STACK } from "./support/runCli.js"

const MAIN = new URL("../../src/main.ts", import.meta.url)

/** A realm that has landed: one player, who bought a dagger. */
async function landedFolder(): Promise<{ DATA_DIR: string; LOG_LEVEL: string }> {
  const settings = { DATA_DIR: await realmFolder(), LOG_LEVEL: "silent" }
  await runCli(["land", "--once"], settings)
  return settings
}

const QUERY = "SELECT id, player, sword_type, price, guild FROM sword_purchases"

describe("guildhall sql", () => {
  it("answers over the views as a table, as CSV and as JSON", async () => {
    const settings = await landedFolder()

    const table = await runCli(["sql", QUERY], settings)
    const csv = await runCli(["sql", QUERY, "--format", "csv"], settings)
    const json = await runCli(["sql", QUERY, "--format", "json"], settings)

    expect(table).toMatchObject({ code: 0, notes: "as of offset 3 of realm 0; 0 records not landed yet" })
    expect(table.lines).toEqual([
      "id   player  sword_type  price  guild",
      "---  ------  ----------  -----  -----",
      "2-0  alice   dagger         25      -",
    ])
    expect(csv.lines).toEqual(["id,player,sword_type,price,guild", "2-0,alice,dagger,25,"])
    const row = { id: "2-0", player: "alice", sword_type: "dagger", price: 25, guild: null }
    expect(JSON.parse(json.lines.join("\n"))).toEqual({
      asOf: [{ realm: 0, offset: 3, notLanded: 0 }],
      rowCount: 1,
      columns: Object.keys(row),
      rows: [row],
    })
  })

  it("prints both values of two columns with one name, each under its own heading", async () => {
    const settings = await landedFolder()
    const query = `SELECT a.price, b.price FROM sword_purchases AS a, (SELECT 7 AS price) AS b`

    expect((await runCli(["sql", query], settings)).lines).toEqual([
      "price  price",
      "-----  -----",
      "   25      7",
    ])
    expect((await runCli(["sql", query, "--format", "csv"], settings)).lines).toEqual(["price,price", "25,7"])
  })

  it("prints times in UTC, wherever the machine is", async () => {
    const { DATA_DIR } = await landedFolder()
    const at = "TIMESTAMPTZ '2024-05-01 22:00:00+00'"
    const query = ["sql", `SELECT ${at} AS at, [${at}] AS times`, "--format", "csv"]

    const tokyo = startChild(MAIN, query, ["env", "TZ=Asia/Tokyo", `DATA_DIR=${DATA_DIR}`])

    expect((await tokyo.ended).code).toBe(0)
    expect(tokyo.lines[1]).toBe('2024-05-01 22:00:00+00,"[""2024-05-01 22:00:00+00""]"')
  })

  it("prints some rows, and says how many there were", async () => {
    const settings = await landedFolder()

    const some = await runCli(["sql", "FROM range(34693)", "--format", "csv"], settings)
    const few = await runCli(["sql", "FROM range(34693)", "--format", "json", "--limit", "2"], settings)

    expect(some.lines).toHaveLength(1001)
    expect(some.notes).toContain("printed the first 1000 of 34693 rows: --limit prints more")
    expect(JSON.parse(few.lines.join("\n"))).toMatchObject({
      rowCount: 34_693,
      rows: [{ range: 0 }, { range: 1 }],
    })
    expect((await runCli(["sql", QUERY, "--limit", "0"])).code).toBe(2)
    expect((await runCli(["sql", QUERY, "--limit", "100001"])).code).toBe(2)
  })

  it("says as of when, and how much of the log has not landed yet", async () => {
    const settings = await landedFolder()
    await buysMore(settings.DATA_DIR)

    const { lines, notes } = await runCli(["sql", "SELECT count(*) AS n FROM sword_purchases"], settings)

    expect(lines.at(-1)).toBe("1")
    expect(notes).toBe("as of offset 3 of realm 0; 1 record not landed yet")
  })

  it("accepts one statement with a semicolon at its end", async () => {
    const settings = await landedFolder()

    expect((await runCli(["sql", "SELECT 1 AS a;"], settings)).lines.at(-1)).toBe("1")
  })

  it("says that a lake is empty, and has its views all the same", async () => {
    const settings = { DATA_DIR: await temporaryFolder() }

    const { code, lines, notes } = await runCli(["sql", "SELECT count(*) AS n FROM events"], settings)

    expect(code).toBe(0)
    expect(lines.at(-1)).toBe("0")
    expect(notes).toContain("is empty: has a lander run?")
  })

  it.each(["DROP VIEW events", "COPY (SELECT 1) TO 'stolen.csv'", "SELEC 1", "SELECT 1; SELECT 2"])(
    "fails without a stack on what does not read, or is no SQL: %s",
    async query => {
      const { code, lines, notes } = await runCli(["sql", query], { DATA_DIR: await temporaryFolder() })

      expect(code).toBe(1)
      expect(lines).toEqual([])
      expect(notes).toContain("duckdb:")
      expect(notes).not.toMatch(STACK)
    },
  )

  it("works in the system's temporary folder if it may not write in WORK_DIR", async () => {
    const settings = await landedFolder()
    const WORK_DIR = join(settings.DATA_DIR, "file")
    await writeFile(WORK_DIR, "")

    const { code, lines } = await runCli(["sql", QUERY, "--format", "csv"], { ...settings, WORK_DIR })

    expect({ code, last: lines.at(-1) }).toEqual({ code: 0, last: "2-0,alice,dagger,25," })
  })

  it("says, if it finds no folder to work in, which were tried and by which setting", async () => {
    const settings = await landedFolder()
    const WORK_DIR = join(settings.DATA_DIR, "file")
    await writeFile(WORK_DIR, "")

    const sql = await runCli(["sql", QUERY], { ...settings, WORK_DIR, TMPDIR: join(WORK_DIR, "below") })
    const land = await runCli(["land", "--once"], { ...settings, WORK_DIR })

    expect(sql.code).toBe(1)
    expect(sql.notes).toMatch(/file \(setting WORK_DIR\): .*below \(setting WORK_DIR\): /)
    expect(land.code).toBe(1)
    expect(land.notes).toMatch(/file \(setting WORK_DIR\): a file stands where a folder is expected/)
    expect(sql.notes + land.notes).not.toMatch(STACK)
  })

  it("must be called with a query and a known format", async () => {
    expect((await runCli(["sql"])).code).toBe(2)
    expect((await runCli(["sql", QUERY, "--format", "xml"])).code).toBe(2)
  })
})

describe("an answer as lines", () => {
  const answer = {
    columns: ["text", "big"],
    rows: [['a "quoted", line\nand more', 9_007_199_254_740_993n]],
  }
  const as = (format: PrintOptions["format"], limit = 10): PrintOptions => ({ format, limit, realms: [] })

  it("is CSV as RFC 4180 defines it", () => {
    expect(printed(answer, as("csv"))).toEqual([
      "text,big",
      '"a ""quoted"", line\nand more",9007199254740993',
    ])
  })

  it("is JSON, with numbers beyond 2^53 as strings", () => {
    expect(JSON.parse(printed(answer, as("json")).join(""))).toMatchObject({
      rows: [{ text: 'a "quoted", line\nand more', big: "9007199254740993" }],
    })
  })

  it("is JSON that keeps the values of columns with one name", () => {
    const twice = { columns: ["price", "price", "price_2"], rows: [[1, 2, 3]] }

    expect(JSON.parse(printed(twice, as("json")).join(""))).toMatchObject({
      columns: ["price", "price", "price_2"],
      rows: [{ price: 1, price_2: 2, price_2_2: 3 }],
    })
  })

  it("is a table of one line for each row", () => {
    expect(printed(answer, as("table")).at(-1)).toBe('a "quoted", line and more  9007199254740993')
  })
})
