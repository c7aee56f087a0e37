import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { openLmdbLog } from "../../src/adapters/lmdb/log.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort } from "../support/guildhall.js"
import { runCli, STACK } from "./support/runCli.js"

describe("guildhall", () => {
  it.each(["", "load", "audit", "status", "doctor", "demo", "watch"])(
    "prints help: %s --help",
    async name => {
      const { code, lines } = await runCli(name === "" ? ["--help"] : [name, "--help"])

      expect(code).toBe(0)
      expect(lines.join("")).toContain("Usage: guildhall")
    },
  )

  it.each<[string, readonly string[]]>([
    ["an unknown command", ["dance"]],
    ["an unknown option", ["audit", "--loud"]],
    ["a count that is no number", ["load", "--count", "many"]],
    ["no players at all", ["load", "--players", "0"]],
    ["a time without its unit", ["load", "--duration", "30"]],
    ["an unknown action in the mix", ["load", "--mix", "dance=1"]],
    ["a mix of nothing", ["load", "--mix", "buySword=0"]],
    ["a prefix that is no id", ["load", "--prefix", "a b"]],
    ["more subscribers than a server takes", ["load", "--subscribers", "2001"]],
    ["subscribers without a load", ["load", "--subscribers", "1", "--verify-journal", "j"]],
    ["a rate of nothing", ["load", "--rate", "0"]],
    ["a Zipf law that is none", ["load", "--zipf", "-1"]],
    ["a Zipf law too steep", ["load", "--zipf", "11"]],
    ["an unknown transport", ["load", "--transport", "pigeon"]],
    ["a rate without a load", ["load", "--rate", "5", "--verify-journal", "j"]],
    ["a page without a load", ["load", "--html", "p", "--verify-journal", "j"]],
    ["a count of nothing", ["watch", "--count", "0"]],
    ["an address that is none", ["watch", "--url", "ws://127.0.0.1/graphql"]],
    ["an address that is none", ["load", "--url", "nonsense"]],
    ["an address that is none", ["status", "--url", "nonsense"]],
    ["an address that is none", ["demo", "--url", "file:///etc/passwd"]],
  ])("is called wrongly with %s", async (_, args) => {
    const { code, notes } = await runCli(args)

    expect(code).toBe(2)
    expect(notes).not.toMatch(STACK)
  })

  it.each<[string, readonly string[], string]>([
    ["an unknown command", ["dance"], "see guildhall --help"],
    ["a wrong option", ["audit", "--loud"], "see guildhall audit --help"],
    ["a missing argument", ["sql"], "see guildhall sql --help"],
  ])("answers %s with the mistake, and one line on how to get help", async (_, args, hint) => {
    const { lines, notes } = await runCli(args)

    expect(lines).toEqual([])
    expect(
      notes
        .trimEnd()
        .split("\n")
        .filter(line => line !== ""),
    ).toEqual([expect.stringMatching(/^error: /), hint])
  })

  it.each(["doctor", "status", "audit", "land", "serve"])(
    "%s asks about a setting with a slip",
    async name => {
      const settings = { KAFKA_BROKER: "127.0.0.1:1", DATA_DIR: "/dev/null", LOG_LEVEL: "silent" }

      const { notes } = await runCli([name], { ...settings, PORT: await freePort() })

      expect(notes).toContain("KAFKA_BROKER is not a setting: did you mean KAFKA_BROKERS?")
    },
  )

  it.each<[readonly string[], string]>([
    [
      ["--processes", "2", "--journal", "j"],
      "--journal cannot be used with --processes: a journal is written by one process",
    ],
    [
      ["--processes", "2", "--subscribers", "9"],
      "--subscribers cannot be used with --processes: each knows only the answers of its own process",
    ],
    [
      ["--processes", "9", "--players", "8"],
      "--processes: expected at most --players (8) and --concurrency (64), got 9",
    ],
    [
      ["--transport", "websocket", "--concurrency", "2001"],
      "--transport websocket: expected at most 2000 commands at a time in a process, got 2001: a server accepts 100 sockets per address with 20 operations each",
    ],
    [
      ["--transport", "websocket", "--subscribers", "2000"],
      "--transport websocket: expected at most 0 commands at a time in a process, got 64",
    ],
  ])("refuses load %j", async (args, message) => {
    const { code, notes } = await runCli(["load", ...args])

    expect(code).toBe(2)
    expect(notes).toContain(`error: ${message}`)
    expect(notes).toContain("see guildhall load --help")
  })

  it("says before a load that its page cannot be written", async () => {
    const path = join(await temporaryFolder(), "missing", "page.html")

    const { code, notes } = await runCli(["load", "--html", path])

    expect(code).toBe(1)
    expect(notes).toContain(`--html ${path} cannot be written: a file or folder is missing`)
    expect(notes).not.toMatch(STACK)
  })

  it("says which version it is", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8"))

    const { code, lines } = await runCli(["--version"])

    expect({ code, lines }).toEqual({ code: 0, lines: [`${version}\n`] })
  })

  it.each(["serve", "land", "status", "audit"])(
    "%s says what is wrong with its folder, and what to set",
    async name => {
      const file = join(await temporaryFolder(), "file")
      await writeFile(file, "")

      const { code, notes } = await runCli([name], {
        DATA_DIR: file,
        PORT: await freePort(),
        LOG_LEVEL: "silent",
      })

      expect(code).toBe(1)
      expect(notes).toContain(
        `${file}/realm-0/log (setting DATA_DIR): a file stands where a folder is expected`,
      )
      expect(notes).toContain("set DATA_DIR to a folder that this user may write")
      expect(notes).not.toMatch(STACK)
    },
  )

  it("says in one line that a load has no server", async () => {
    const url = `http://127.0.0.1:${await freePort()}/graphql`

    const { code, notes } = await runCli(["load", "--url", url, "--within", "10ms"])

    expect(code).toBe(1)
    expect(notes.trimEnd().split("\n").at(-1)).toMatch(`${url} does not answer: connect ECONNREFUSED`)
    expect(notes).not.toMatch(STACK)
  })

  it.each(["load", "status", "demo"])("%s asks the server of this PORT by default", async name => {
    const PORT = await freePort()
    const args = name === "load" ? ["load", "--within", "10ms"] : [name]

    const { notes } = await runCli(args, { PORT, DATA_DIR: await temporaryFolder() })

    expect(notes).toContain(`http://127.0.0.1:${PORT}/graphql does not answer`)
  })

  it.each(["load", "status", "demo", "watch"])(
    "%s takes a server's address for that of its GraphQL",
    async name => {
      const origin = `http://127.0.0.1:${await freePort()}`
      const args = name === "load" || name === "watch" ? ["--within", "10ms"] : []

      const { notes } = await runCli([name, "--url", origin, ...args], { DATA_DIR: await temporaryFolder() })

      expect(notes).toContain(`${origin}/graphql`)
    },
  )

  it("says that a journal cannot be read", async () => {
    const path = join(await temporaryFolder(), "journal")

    const { code, notes } = await runCli(["load", "--verify-journal", path])

    expect(code).toBe(1)
    expect(notes).toContain("the journal cannot be read: ENOENT")
    expect(notes).not.toMatch(STACK)
  })

  it("says what to do if another server has the folder", async () => {
    const folder = await temporaryFolder()
    const log = await openLmdbLog({ folder: join(folder, "realm-0", "log") })
    onTestFinished(() => log.close())

    const { code, notes } = await runCli(["serve"], { DATA_DIR: folder, LOG_LEVEL: "silent" })

    expect(code).toBe(1)
    expect(notes).toMatch(/expected to be its only writer.*\n.*its own DATA_DIR and PORT/)
  })
})
