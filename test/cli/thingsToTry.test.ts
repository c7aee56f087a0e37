import { execFileSync } from "node:child_process"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { loadConfig } from "../../src/app/config.js"
import { thingsToTry } from "../../src/cli/thingsToTry.js"

const linesOf = (environment: Readonly<Record<string, string>>) =>
  thingsToTry("http://127.0.0.1:4001", loadConfig(environment))

describe("what the banner suggests to try", () => {
  it("names no settings if none are set", () => {
    expect(linesOf({}).at(-1)).toBe("scripts/guildhall audit")
  })

  it.each(["data", "a b", "it's", 'a "quoted" one', "$HOME", "*", "k=v", "100 %"])(
    "runs as printed with the folder %s",
    folder => {
      const hint = linesOf({ DATA_DIR: folder, PORT: "4001" }).at(-1) ?? ""

      const printing = hint.replace("scripts/guildhall audit", "printenv DATA_DIR PORT")
      expect(execFileSync("sh", ["-c", printing], { encoding: "utf8" })).toBe(`${resolve(folder)}\n4001\n`)
    },
  )

  it("buys a sword of the game's own catalogue, and names its file so that it is found from anywhere", () => {
    const lines = linesOf({ CATALOGUE: "docs/catalogue.example.json" })

    expect(lines[1]).toContain('swordType: \\"boarding-axe\\"')
    expect(lines.at(-1)).toBe(`CATALOGUE=${resolve("docs/catalogue.example.json")} scripts/guildhall audit`)
  })

  it("names secrets and never shows them; a URL without one is shown", () => {
    const secret = linesOf({ REDIS_URL: "redis://:sesame@127.0.0.1:6379" })
    expect(secret.join("\n")).not.toContain("sesame")
    expect(secret.at(-2)).toBe("# before it: export REDIS_URL as here")
    expect(linesOf({ REDIS_URL: "redis://127.0.0.1:6379/0" }).at(-1)).toBe(
      "REDIS_URL=redis://127.0.0.1:6379/0 scripts/guildhall audit",
    )
  })
})
