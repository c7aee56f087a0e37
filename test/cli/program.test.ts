import { describe, expect, it } from "vitest"
import { freePort } from "../support/guildhall.js"
import { runCli, STACK } from "./support/runCli.js"

describe("guildhall", () => {
  it.each(["", "load", "audit", "status", "doctor", "demo"])("helps: %s --help", async name => {
    const { code, lines } = await runCli(name === "" ? ["--help"] : [name, "--help"])

    expect(code).toBe(0)
    expect(lines.join("")).toContain("Usage: guildhall")
  })

  it.each<[string, readonly string[]]>([
    ["an unknown command", ["dance"]],
    ["an unknown option", ["audit", "--loud"]],
    ["a count that is no number", ["load", "--count", "many"]],
    ["no players at all", ["load", "--players", "0"]],
    ["a time without its unit", ["load", "--duration", "30"]],
    ["an unknown action in the mix", ["load", "--mix", "dance=1"]],
    ["a mix of nothing", ["load", "--mix", "buySword=0"]],
    ["a prefix that is no id", ["load", "--prefix", "a b"]],
    ["an address that is none", ["load", "--url", "nonsense"]],
    ["an address that is none", ["status", "--url", "nonsense"]],
    ["an address that is none", ["demo", "--url", "file:///etc/passwd"]],
  ])("is called wrongly with %s", async (_, args) => {
    const { code, notes } = await runCli(args)

    expect(code).toBe(2)
    expect(notes).not.toMatch(STACK)
  })

  it("tells in one line that a load has no server", async () => {
    const url = `http://127.0.0.1:${await freePort()}/graphql`

    const { code, notes } = await runCli(["load", "--url", url, "--within", "10ms"])

    expect(code).toBe(1)
    expect(notes).toMatch(/could not be registered: registerPlayer: NO_SERVER/)
    expect(notes).not.toMatch(STACK)
  })
})
