import { describe, expect, it } from "vitest"
import { type Program, runProgram } from "../../benchmarks/comparison/program.js"

const MEBIBYTE = 1024 * 1024

/** A program of Node. */
function programOf(text: string): Program {
  return { command: process.execPath, args: ["-e", text], env: {}, done: /^done/ }
}

describe("a program that is measured", () => {
  it("counts memory and processor time of what it starts, and the time until its line", async () => {
    // Works for 300 ms with 200 MiB, so that it is looked at meanwhile.
    const child = `
      const kept = Buffer.alloc(${200 * MEBIBYTE}, 1)
      const until = Date.now() + 300
      while (Date.now() < until || process.cpuUsage().user < 300_000);
    `
    const parent = `
      require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(child)}])
      console.log("done: 7")
    `

    const run = await runProgram(programOf(parent))

    expect(run.line).toBe("done: 7")
    expect(run.ms).toBeGreaterThan(300)
    expect(run.peakBytes).toBeGreaterThan(200 * MEBIBYTE)
    expect(run.processorTime).toBeGreaterThan(290_000)
  })

  it.each([
    ["console.log('almost'); process.exit(3)", "ended with 3 before it printed /^done/\nalmost\n"],
    ["", "ended with 0 before it printed /^done/\n"],
    ["console.log('done'); process.exit(3)", "ended with 3 after it printed /^done/\ndone\n"],
  ])("fails with its output: %s", async (text, message) => {
    await expect(runProgram(programOf(text))).rejects.toThrow(message)
  })
})
