import { describe, expect, it } from "vitest"
import { isSteady, spreadOf } from "../../benchmarks/comparison/spread.js"

describe("the spread of figures", () => {
  it.each([
    [[5], { low: 5, median: 5, high: 5 }],
    [[4, 1, 3, 2, 5], { low: 2, median: 3, high: 4 }],
    [[1, 2, 3, 4], { low: 1.75, median: 2.5, high: 3.25 }],
  ])("of %j is %j", (figures, spread) => {
    expect(spreadOf(figures)).toEqual(spread)
  })

  it("of nothing is an error", () => {
    expect(() => spreadOf([])).toThrow("expected at least one figure, got none")
  })

  it.each([
    [{ low: 80, median: 100, high: 120 }, true],
    [{ low: 79, median: 100, high: 100 }, false],
    [{ low: 100, median: 100, high: 121 }, false],
  ])("%j allows a verdict: %s", (spread, steady) => {
    expect(isSteady(spread)).toBe(steady)
  })
})
