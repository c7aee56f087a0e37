import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

const run = promisify(execFile)

const VERIFIED = "verified   the final state of each side is what its answers said\n"

/** A look fills a log, starts servers, and may wait for Presto's first query. */
const WITHIN_MS = 400_000

describe("benchmarks/compare on the stack", () => {
  it.each([
    ["rebuild", ["Guildhall, into Redis", "reading and judging the log alone"]],
    ["reports", ["Guildhall", "the same SQL, straight to Presto"]],
  ])(
    "takes a look at %s",
    async (row, sides) => {
      const { stdout } = await run("benchmarks/compare", [row, "stack", "--quick"])

      for (const side of sides) expect(stdout).toContain(`round 2: ${side}: `)
      expect(stdout).toContain(VERIFIED)
    },
    WITHIN_MS,
  )
})
