import { expect, it } from "vitest"
import { compare, turnsOf, VERIFIED } from "../support/compare.js"

/** Spark starts twice, and Presto's first query may wait: on a busy machine each takes most of a minute. */
const WITHIN_MS = 600_000

it.each([
  ["course", 2, ["Flask, flask run", "Flask, gunicorn", "Guildhall"]],
  ["landing", 1, ["Guildhall", "PySpark"]],
  ["rebuild", 2, ["Guildhall, into Redis", "reading and judging the log alone"]],
  ["reports", 2, ["Guildhall", "the same SQL, straight to Presto"]],
])(
  "benchmarks/compare takes a look at %s on the stack",
  async (row, rounds, sides) => {
    const { code, turns, output } = await compare(row, "stack", "--quick")

    expect(turns, output).toEqual(turnsOf(rounds, sides))
    expect(output).toContain(VERIFIED)
    expect(code).toBe(0)
  },
  WITHIN_MS,
)

it(
  "benchmarks/compare takes a look at purchases on the stack",
  async () => {
    const { code, turns, output } = await compare("purchases", "stack", "zipf", "--quick")

    const peers = ["Apollo, Fastify, PostgreSQL", "our edge, PostgreSQL"]
    const sides = ["Guildhall", ...peers, ...peers.map(peer => `${peer} not synced`)]
    expect(turns, output).toEqual(turnsOf(2, sides))
    expect(output).toContain(VERIFIED)
    expect(code).toBe(0)
  },
  WITHIN_MS,
)
