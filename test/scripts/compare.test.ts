import { readFile } from "node:fs/promises"
import { describe, expect, it } from "vitest"
import { compare, VERIFIED } from "../support/compare.js"

describe("benchmarks/compare", () => {
  it("plays each side in each round, checks what was sold, and changes no page in a look", async () => {
    const page = await readFile("docs/benchmarks.md", "utf8")

    const { code, turns, output } = await compare("purchases", "embedded", "--quick")

    const sides = ["Guildhall", "Apollo, Fastify, PostgreSQL", "our edge, PostgreSQL", "our edge, a constant"]
    expect(turns, output).toEqual(
      [1, 2].flatMap(round => sides.map(side => `round ${round}: ${side}`)).sort(),
    )
    expect(output).toContain(VERIFIED)
    expect(code).toBe(0)
    expect(await readFile("docs/benchmarks.md", "utf8")).toBe(page)
  })

  it("lands a log in a folder, and reads it alone", async () => {
    const { code, turns, output } = await compare("landing", "embedded", "--quick")

    expect(turns, output).toEqual(["round 1: Guildhall", "round 1: reading and judging alone"])
    expect(output).toContain(VERIFIED)
    expect(code).toBe(0)
  })

  it.each([
    [["sales"], "expected the words below, got sales"],
    [[], "expected what to compare"],
    [["course", "embedded"], "course: expected stack, got embedded"],
    [["landing", "zipf"], "landing: expected no distribution, got zipf"],
  ])("refuses %j with its usage", async (words, reason) => {
    const { code, output } = await compare(...words)

    expect(code).toBe(2)
    expect(output).toContain(`compare: ${reason}\n`)
    expect(output).toContain("benchmarks/compare purchases [embedded | stack] [zipf] [--quick]")
  })
})
