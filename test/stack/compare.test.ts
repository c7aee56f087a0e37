import { expect, it } from "vitest"
import { compare, VERIFIED } from "../support/compare.js"

/** Spark starts twice; on a busy machine each start takes most of a minute. */
const WITHIN_MS = 600_000

it(
  "lands one topic by our lander and by PySpark, and finds the same rows in both tables",
  async () => {
    const { code, turns, output } = await compare("landing", "stack", "--quick")

    expect(turns, output).toEqual(["round 1: Guildhall", "round 1: PySpark"])
    expect(output).toContain(VERIFIED)
    expect(code).toBe(0)
  },
  WITHIN_MS,
)

it(
  "asks the course's app and ours, and finds every event that was answered in the topic",
  async () => {
    const { code, turns, output } = await compare("course", "stack", "--quick")

    const sides = ["Flask, flask run", "Flask, gunicorn", "Guildhall"]
    expect(turns, output).toEqual([1, 2].flatMap(round => sides.map(side => `round ${round}: ${side}`)))
    expect(output).toContain(VERIFIED)
    expect(code).toBe(0)
  },
  WITHIN_MS,
)
