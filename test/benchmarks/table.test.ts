import { describe, expect, it } from "vitest"
import type { Figure } from "../../benchmarks/comparison/comparison.js"
import { plotOf } from "../../benchmarks/comparison/plot.js"
import { withSection } from "../../benchmarks/comparison/publish.js"
import type { SideTurns } from "../../benchmarks/comparison/result.js"
import { tableOf, verdictText } from "../../benchmarks/comparison/table.js"

const FIGURES: readonly Figure[] = [
  { name: "perSecond", heading: "sold a second", label: "the rate", better: "more", decisive: true },
  { name: "cost", heading: "cost, µs", label: "the cost", better: "less", decisive: true },
  { name: "delay", heading: "delay, ms", label: "the delay", better: "less", decisive: false },
]

describe("the table of a comparison", () => {
  it("shows medians with quartiles, and ours against the faster peer", () => {
    const sides = [
      sideOf("Guildhall", "ours", [1000, 1100, 1200], 300),
      sideOf("slow", "peer", [500, 500, 500], 100),
      sideOf("fast", "peer", [2000, 2200, 2400], 200),
      { ...sideOf("edge", "limit", [], 50), turns: [{ perSecond: 9000 }] },
    ]

    expect(tableOf(FIGURES, sides).split("\n")).toEqual([
      "|  | sold a second | cost, µs | delay, ms |",
      "| --- | --- | --- | --- |",
      "| Guildhall | 1,100 (1,050–1,150) | 300 (300–300) | 20.0 (20.0–20.0) |",
      "| slow | 500 (500–500) | 100 (100–100) | 20.0 (20.0–20.0) |",
      "| fast | 2,200 (2,100–2,300) | 200 (200–200) | 20.0 (20.0–20.0) |",
      "| edge | 9,000 (9,000–9,000) | – | – |",
      "",
      "Ours against fast: **0.50 × the rate, 1.50 × the cost, 1.00 × the delay**.",
    ])
  })

  it("compares with the cheapest peer when less is better", () => {
    const sides = [
      sideOf("Guildhall", "ours", [1000], 300),
      sideOf("dear", "peer", [9000], 600),
      sideOf("cheap", "peer", [10], 150),
    ]

    expect(verdictText(FIGURES.slice(1), sides)).toBe(
      "Ours against cheap: **2.00 × the cost, 1.00 × the delay**.",
    )
  })

  it("has no verdict without a peer", () => {
    expect(verdictText(FIGURES, [sideOf("Guildhall", "ours", [1], 1)])).toBe("")
  })

  it("gives no verdict when a side's quartiles lie too far apart", () => {
    const sides = [
      sideOf("Guildhall", "ours", [500, 1000, 1500], 300),
      sideOf("peer", "peer", [1000, 1000, 1000], 300),
    ]

    expect(verdictText(FIGURES, sides)).toBe(
      "No verdict: the machine was too busy (Guildhall: sold a second).",
    )
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
      FIGURES,
      [sideOf("Guildhall", "ours", [1, 2, 3], 1), sideOf("peer", "peer", [1, 2, 3], 1)],
      "how",
    )

    expect(svg).toMatch(/^<svg .*Guildhall.*peer.*<\/svg>$/s)
  })
})

function sideOf(name: string, role: SideTurns["role"], rates: readonly number[], cost: number): SideTurns {
  const turns = rates.map(perSecond => ({ perSecond, cost, delay: 20 }))
  return { name, role, turns }
}
