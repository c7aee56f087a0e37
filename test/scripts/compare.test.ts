import { readFile } from "node:fs/promises"
import { describe, expect, it } from "vitest"
import { compare, turnsOf, VERIFIED } from "../support/compare.js"

/** A look starts several servers and databases: on a busy machine that takes a minute and more. */
const WITHIN_MS = 400_000

describe("benchmarks/compare", { timeout: WITHIN_MS }, () => {
  it("plays each side in each round, checks what was sold, and changes no page in a look", async () => {
    const page = await readFile("docs/benchmarks.md", "utf8")

    const { code, turns, output } = await compare("purchases", "embedded", "--quick")

    const sides = ["Guildhall", "Apollo, Fastify, PostgreSQL", "our edge, PostgreSQL", "our edge, a constant"]
    expect(turns, output).toEqual(turnsOf(2, sides))
    expect(output).toContain(VERIFIED)
    expect(code).toBe(0)
    expect(await readFile("docs/benchmarks.md", "utf8")).toBe(page)
  })

  it.each([
    ["growth", 1, ["Guildhall, 3,000 commands", "Guildhall, 300 commands"]],
    ["landing", 1, ["Guildhall", "reading and judging alone"]],
    ["rebuild", 2, ["Guildhall, into LMDB", "reading and judging the log alone"]],
    ["reports", 2, ["Guildhall", "the same SQL, straight to DuckDB"]],
    ["subscribers", 2, ["Guildhall", "a bare ws server"]],
  ])("takes a look at %s, embedded", async (row, rounds, sides) => {
    const { code, turns, output } = await compare(row, "embedded", "--quick")

    expect(turns, output).toEqual(turnsOf(rounds, sides))
    expect(output).toContain(VERIFIED)
    expect(code).toBe(0)
  })

  it.each([
    [["sales"], "expected the words below, got sales"],
    [[], "expected what to compare"],
    [["growth", "stack"], "growth: expected embedded, got stack"],
    [["course", "embedded"], "course: expected stack, got embedded"],
    [["landing", "zipf"], "landing: expected no distribution, got zipf"],
  ])("refuses %j with its usage", async (words, reason) => {
    const { code, output } = await compare(...words)

    expect(code).toBe(2)
    expect(output).toContain(`compare: ${reason}\n`)
    expect(output).toContain("benchmarks/compare purchases [embedded | stack] [zipf] [--quick]")
  })
})
