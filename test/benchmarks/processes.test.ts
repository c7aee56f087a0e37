import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { expect, it, onTestFinished } from "vitest"
import { processorTime } from "../../benchmarks/comparison/processes.js"

/** A process that starts another, which works without end. */
const PARENT = `
  const { spawn } = require("node:child_process")
  const child = spawn(process.execPath, ["-e", "for (;;) {}"])
  console.log("started")
  process.stdin.on("end", () => { child.kill("SIGKILL"); process.exit() }).resume()
`

it("counts the descendants of a process too, and no others", async () => {
  const parent = spawn(process.execPath, ["-e", PARENT], { stdio: ["pipe", "pipe", "inherit"] })
  onTestFinished(() => end(parent))
  await once(parent.stdout, "data")
  const root = parent.pid ?? 0

  const before = await processorTime([root])
  await expect.poll(() => processorTime([root])).toBeGreaterThan(before + 200_000)
  expect(await processorTime([])).toBe(0)
})

async function end(parent: ChildProcess): Promise<void> {
  const ended = once(parent, "exit")
  parent.stdin?.end()
  await ended
}
