import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { firstKeptBucket, KEY_STEP_MAX_MS, keyBucket, keyStep } from "../../src/log/keyTime.js"
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

describe("the buckets of keys", () => {
  const retentions = fc.oneof(fc.integer({ min: 2, max: 100 }), fc.integer({ min: 1000, max: 24 * HOUR }))
  const times = fc.nat({ max: 400 * 24 * HOUR })

  test("keep a key for at least the retention", () => {
    fc.assert(
      fc.property(retentions, times, fc.double({ min: 0, max: 1, noNaN: true }), (retention, made, share) => {
        const later = made + Math.floor(retention * share)

        expect(keyBucket(made, retention)).toBeGreaterThanOrEqual(firstKeptBucket(later, retention))
      }),
      runs(2000),
    )
  })

  test("drop a key after at most one and a half times the retention", () => {
    fc.assert(
      fc.property(retentions, times, fc.nat({ max: HOUR }), (retention, made, more) => {
        const later = made + Math.ceil(1.5 * retention) + more

        expect(keyBucket(made, retention)).toBeLessThan(firstKeptBucket(later, retention))
      }),
      runs(2000),
    )
  })

  test("are at most three", () => {
    fc.assert(
      fc.property(retentions, times, (retention, now) => {
        const kept = keyBucket(now, retention) - firstKeptBucket(now, retention) + 1

        expect(kept).toBeGreaterThanOrEqual(1)
        expect(kept).toBeLessThanOrEqual(3)
      }),
      runs(1000),
    )
  })
})
