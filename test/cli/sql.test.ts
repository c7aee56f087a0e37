import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { printed } from "../../src/cli/sql.js"
import { temporaryFolder } from "../support/folder.js"
import { realmFolder } from "./support/realmFolder.js"
import { runCli, STACK } from "./support/runCli.js"

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

    expect(table).toMatchObject({ code: 0, notes: "" })
    expect(table.lines).toEqual([
      "id   player  sword_type  price  guild",
      "---  ------  ----------  -----  -----",
      "2-0  alice   dagger         25      -",
    ])
    expect(csv.lines).toEqual(["id,player,sword_type,price,guild", "2-0,alice,dagger,25,"])
    const row = { id: "2-0", player: "alice", sword_type: "dagger", price: 25, guild: null }
    expect(JSON.parse(json.lines.join("\n"))).toEqual([row])
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

  it("works beside a WORK_DIR in which it may not write, in the system's temporary folder", async () => {
    const settings = await landedFolder()
    const WORK_DIR = join(settings.DATA_DIR, "file")
    await writeFile(WORK_DIR, "")

    const { code, lines } = await runCli(["sql", QUERY, "--format", "csv"], { ...settings, WORK_DIR })

    expect({ code, last: lines.at(-1) }).toEqual({ code: 0, last: "2-0,alice,dagger,25," })
  })

  it("says which folders cannot be worked in, and by which setting, when there is none", async () => {
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

  it("is called with a query, and a format that there is", async () => {
    expect((await runCli(["sql"])).code).toBe(2)
    expect((await runCli(["sql", QUERY, "--format", "xml"])).code).toBe(2)
  })
})

describe("an answer as lines", () => {
  const answer = {
    columns: ["text", "big"],
    rows: [{ text: 'a "quoted", line\nand more', big: 9_007_199_254_740_993n }],
  }

  it("is CSV as RFC 4180 has it", () => {
    expect(printed(answer, "csv")).toEqual(["text,big", '"a ""quoted"", line\nand more",9007199254740993'])
  })

  it("is JSON, with numbers beyond 2^53 as texts", () => {
    expect(JSON.parse(printed(answer, "json").join(""))).toEqual([
      { text: 'a "quoted", line\nand more', big: "9007199254740993" },
    ])
  })

  it("is a table of one line for each row", () => {
    expect(printed(answer, "table").at(-1)).toBe('a "quoted", line and more  9007199254740993')
  })
})
