import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { firstKeptBucket, keyBucket } from "../../src/projections/keyRetention.js"
import { runs } from "../support/runs.js"

const HOUR = 3_600_000

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
