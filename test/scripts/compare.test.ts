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

const VERIFIED = "verified   the final state of each side is what its answers said\n"

/** The round and the side of each turn, sorted. */
function turnsIn(stdout: string): string[] {
  const turns = stdout.split("\n").filter(line => line.startsWith("round "))
  return turns.map(line => line.split(": ").slice(0, 2).join(": ")).sort()
}

function turnsOf(rounds: number, sides: readonly string[]): string[] {
  const numbers = Array.from({ length: rounds }, (_, n) => n + 1)
  return numbers.flatMap(round => sides.map(side => `round ${round}: ${side}`)).sort()
}

describe("benchmarks/compare", () => {
  it("plays each side in each round, checks what was sold, and changes no page in a look", async () => {
    const page = await readFile("docs/benchmarks.md", "utf8")

    const { code, stdout, stderr } = await compare("purchases", "embedded", "--quick")

    const sides = ["Guildhall", "Apollo, Fastify, PostgreSQL", "our edge, PostgreSQL", "our edge, a constant"]
    expect(turnsIn(stdout), stderr).toEqual(turnsOf(2, sides))
    expect(stdout).toContain(VERIFIED)
    expect(code).toBe(0)
    expect(await readFile("docs/benchmarks.md", "utf8")).toBe(page)
  })

  it.each([
    ["growth", 1, ["Guildhall, 3,000 commands", "Guildhall, 300 commands"]],
    ["rebuild", 2, ["Guildhall, into LMDB", "reading and judging the log alone"]],
    ["reports", 2, ["Guildhall", "the same SQL, straight to DuckDB"]],
    ["subscribers", 2, ["Guildhall", "a bare ws server"]],
  ])("takes a look at %s, embedded", async (row, rounds, sides) => {
    const { code, stdout, stderr } = await compare(row, "embedded", "--quick")

    expect(turnsIn(stdout), stderr).toEqual(turnsOf(rounds, sides))
    expect(stdout).toContain(VERIFIED)
    expect(code).toBe(0)
  })

  it.each([
    [["growth", "stack"], "growth: expected embedded, got stack"],
    [["reports", "zipf"], "zipf: expected with purchases, got with reports"],
  ])("refuses %j, which it does not have", async (words, message) => {
    const { code, stderr } = await compare(...words)

    expect(code).toBe(2)
    expect(stderr).toContain(`compare: ${message}\n`)
  })

  it.each([[["sales"]], [[]]])("refuses %j with its usage", async words => {
    const { code, stderr } = await compare(...words)

    expect(code).toBe(2)
    expect(stderr).toContain("benchmarks/compare purchases [embedded | stack] [zipf] [--quick]")
  })
})
