import { describe, expect, it } from "vitest"
import { plotOf } from "../../benchmarks/comparison/plot.js"
import type { SideTurns } from "../../benchmarks/comparison/result.js"
import { tableOf, verdictText, withSection } from "../../benchmarks/comparison/table.js"

describe("the table of a comparison", () => {
  it("shows medians with quartiles, and ours against the faster peer", () => {
    const sides = [
      sideOf("Guildhall", "ours", [1000, 1100, 1200], 300),
      sideOf("slow", "peer", [500, 500, 500], 100),
      sideOf("fast", "peer", [2000, 2200, 2400], 200),
      sideOf("edge", "limit", [9000, 9000, 9000], 50),
    ]

    expect(tableOf(sides).split("\n")).toEqual([
      "|  | purchases a second | p50, ms | p99, ms | cost, µs a purchase |",
      "| --- | --- | --- | --- | --- |",
      "| Guildhall | 1,100 (1,050–1,150) | 5.00 (5.00–5.00) | 20.0 (20.0–20.0) | 300 (300–300) |",
      "| slow | 500 (500–500) | 5.00 (5.00–5.00) | 20.0 (20.0–20.0) | 100 (100–100) |",
      "| fast | 2,200 (2,100–2,300) | 5.00 (5.00–5.00) | 20.0 (20.0–20.0) | 200 (200–200) |",
      "| edge | 9,000 (9,000–9,000) | 5.00 (5.00–5.00) | 20.0 (20.0–20.0) | 50.0 (50.0–50.0) |",
      "",
      "Against the faster peer (fast): **0.50 × the rate, 1.50 × the cost**, 1.00 × the p99.",
    ])
  })

  it("gives no verdict when a side's quartiles lie too far apart", () => {
    const sides = [
      sideOf("Guildhall", "ours", [500, 1000, 1500], 300),
      sideOf("peer", "peer", [1000, 1000, 1000], 300),
    ]

    expect(verdictText(sides)).toBe("No verdict: the machine was too busy (Guildhall: perSecond).")
  })

  it("replaces its own section of the page alone", () => {
    const page = "before\n<!-- compare a -->\nold\n<!-- end -->\n<!-- compare b -->\nkept\n<!-- end -->\n"

    expect(withSection(page, "a", "new")).toBe(
      "before\n<!-- compare a -->\nnew\n<!-- end -->\n<!-- compare b -->\nkept\n<!-- end -->\n",
    )
    expect(() => withSection(page, "c", "new")).toThrow(
      "expected <!-- compare c --> and <!-- end --> in the page",
    )
  })

  it("has a plot that names each side", () => {
    const svg = plotOf(
      [sideOf("Guildhall", "ours", [1, 2, 3], 1), sideOf("peer", "peer", [1, 2, 3], 1)],
      "how",
    )

    expect(svg).toMatch(/^<svg .*Guildhall.*peer.*<\/svg>$/s)
  })
})

function sideOf(name: string, role: SideTurns["role"], rates: readonly number[], cost: number): SideTurns {
  const turns = rates.map(perSecond => ({ perSecond, p50: 5, p99: 20, cost, purchases: 1 }))
  return { name, role, turns }
}
