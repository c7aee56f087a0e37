import { spawn } from "node:child_process"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const CHILD = fileURLToPath(new URL("./logger.child.ts", import.meta.url))
const LOADER = new URL("../support/typescript.mjs", import.meta.url).href

describe("the log", () => {
  it.each([
    ["pretty", "pipe"],
    ["auto", "terminal"],
  ])("is lines for a person, without control sequences for a terminal: %s, %s", async (format, where) => {
    const lines = await logged(format, where)

    expect(lines).toEqual([
      expect.stringMatching(
        /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\] INFO: a name: \\u001b\[31mred\\u202e \{"realm":0\}$/,
      ),
      expect.stringMatching(/Z\] WARN: \[WARN\] of a library$/),
    ])
  })

  it.each([
    ["json", "terminal"],
    ["auto", "pipe"],
  ])("is JSON for a program, and has what libraries print, once: %s, %s", async (format, where) => {
    const lines = await logged(format, where)

    expect(lines.map(line => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 30, realm: 0, msg: "a name: \u001b[31mred\u202e" }),
      expect.objectContaining({ level: 40, msg: "[WARN] of a library" }),
    ])
  })
})

/** Standard error of a process that logs. */
async function logged(format: string, where: string): Promise<string[]> {
  const child = spawn(process.execPath, ["--import", LOADER, CHILD, format, where])
  return (await text(child.stderr)).trimEnd().split("\n")
}
