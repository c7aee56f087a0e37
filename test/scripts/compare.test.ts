import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"

const run = promisify(execFile)

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function compare(...words: readonly string[]): Promise<Ran> {
  return run("benchmarks/compare", words).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failure: Ran) => failure,
  )
}

describe("benchmarks/compare", () => {
  it("plays each side in each round, checks what was sold, and changes no page in a look", async () => {
    const page = await readFile("docs/benchmarks.md", "utf8")

    const { code, stdout, stderr } = await compare("purchases", "embedded", "--quick")

    const sides = ["Guildhall", "Apollo, Fastify, PostgreSQL", "our edge, PostgreSQL", "our edge, a constant"]
    const turns = stdout.split("\n").filter(line => line.startsWith("round "))
    expect(turns.map(line => line.split(": ").slice(0, 2).join(": ")).sort(), stderr).toEqual(
      [1, 2].flatMap(round => sides.map(side => `round ${round}: ${side}`)).sort(),
    )
    expect(stdout).toContain("verified   the final state of each side is what its answers said\n")
    expect(code).toBe(0)
    expect(await readFile("docs/benchmarks.md", "utf8")).toBe(page)
  })

  it.each([[["sales"]], [[]]])("refuses %j with its usage", async words => {
    const { code, stderr } = await compare(...words)

    expect(code).toBe(2)
    expect(stderr).toContain("benchmarks/compare purchases [embedded | stack] [zipf] [--quick]")
  })
})
