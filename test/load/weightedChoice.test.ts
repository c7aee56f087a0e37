import { describe, expect, it } from "vitest"
import { seededRandom } from "../../src/load/random.js"
import { sharesOf } from "../../src/load/shares.js"
import { WeightedChoice } from "../../src/load/weightedChoice.js"

const DRAWS = 200_000
const PLAYERS = 100

describe("a choice by weights", () => {
  it.each([0.5, 1, 1.5])("of a Zipf law with exponent %s follows the computed distribution", exponent => {
    const weights = Array.from({ length: PLAYERS }, (_, i) => (i + 1) ** -exponent)
    const total = weights.reduce((sum, weight) => sum + weight, 0)

    const counts = drawn(sharesOf(PLAYERS, exponent, 1)[0]?.weights ?? [])

    const expected = weights.map(weight => (DRAWS * weight) / total)
    expect(chiSquare(counts, expected)).toBeLessThan(CRITICAL)
    // So the test can tell one law from another.
    const steeper = weights.map(weight => weight ** 1.05)
    const sum = steeper.reduce((one, other) => one + other, 0)
    expect(
      chiSquare(
        counts,
        steeper.map(weight => (DRAWS * weight) / sum),
      ),
    ).toBeGreaterThan(CRITICAL)
  })

  it("is uniform when all weights are the same", () => {
    const counts = drawn(sharesOf(PLAYERS, 0, 1)[0]?.weights ?? [])

    expect(chiSquare(counts, Array(PLAYERS).fill(DRAWS / PLAYERS))).toBeLessThan(CRITICAL)
  })

  it("takes each index from where its part begins to just before its end", () => {
    const choice = new WeightedChoice([1, 0, 2, 1])

    const found = [0, 0.2499, 0.25, 0.7499, 0.75, 1 - 2 ** -32].map(at => choice.pick(at))

    expect(found).toEqual([0, 0, 2, 2, 3, 3])
  })
})

/** Chi-square with 99 degrees of freedom exceeds this once in 1,000 times. */
const CRITICAL = 148.2

function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return expected.reduce((sum, count, i) => sum + ((counts[i] ?? 0) - count) ** 2 / count, 0)
}

function drawn(weights: readonly number[]): number[] {
  const choice = new WeightedChoice(weights)
  const random = seededRandom(1)
  const counts = weights.map(() => 0)
  for (let i = 0; i < DRAWS; i++) {
    const index = choice.pick(random())
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}
