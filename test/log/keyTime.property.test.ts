import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { KEY_STEP_MAX_MS, keyStep } from "../../src/log/keyTime.js"
import { runs } from "../support/runs.js"

const HOUR = 3_600_000
const NIGHT = 8 * HOUR

describe("key time", () => {
  test.each([
    ["does not move from a record to one of the same time", 1000, 1000, 0],
    ["moves with the clock", 1000, 1300, 300],
    ["moves a second at most over a quiet night", 1000, 1000 + NIGHT, KEY_STEP_MAX_MS],
    ["moves a second at most when the clock jumps an hour ahead", 1000, 1000 + HOUR, KEY_STEP_MAX_MS],
    ["does not move when the clock jumps back", 1000 + HOUR, 1000, 0],
  ])("%s", (_, before, at, step) => {
    expect(keyStep(before, at)).toBe(step)
  })

  test("never goes back under any clock, and advances at most a second per record", () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { minLength: 2 }), times => {
        const steps = times.slice(1).map((at, i) => keyStep(times[i] ?? at, at))

        for (const step of steps) {
          expect(step).toBeGreaterThanOrEqual(0)
          expect(step).toBeLessThanOrEqual(KEY_STEP_MAX_MS)
        }
      }),
      runs(300),
    )
  })
})
