import type { Figure, Turn } from "./comparison.js"
import { type SideTurns, spreadIn, verdictOf } from "./result.js"

/** A Markdown table of medians with quartiles, and the verdict below it. */
export function tableOf(figures: readonly Figure[], sides: readonly SideTurns[]): string {
  const heading = ["", ...figures.map(figure => figure.heading)]
  const rows = sides.map(side => [side.name, ...figures.map(figure => cell(side, figure))])
  const lines = [heading, heading.map(() => "---"), ...rows].map(cells => `| ${cells.join(" | ")} |`)
  return [...lines, "", verdictText(figures, sides)].join("\n").trimEnd()
}

/** One line: ours against the best peer, or why there is no verdict. Empty if there is no peer. */
export function verdictText(figures: readonly Figure[], sides: readonly SideTurns[]): string {
  const verdict = verdictOf(figures, sides)
  if (verdict === null) return ""
  const { peer, ratios, unsteady } = verdict
  if (unsteady.length > 0) return `No verdict: the machine was too busy (${unsteady.join("; ")}).`
  const texts = ratios.map(({ figure, ratio }) => `${ratio.toFixed(2)} × ${figure.label}`)
  return `Ours against ${peer}: **${texts.join(", ")}**.`
}

/** The figures of one turn in one line. */
export function turnText(figures: readonly Figure[], turn: Turn): string {
  return figures
    .flatMap(({ name, heading }) => {
      const value = turn[name]
      return value === undefined ? [] : `${heading} ${short(value)}`
    })
    .join("; ")
}

function cell(side: SideTurns, figure: Figure): string {
  const spread = spreadIn(side, figure)
  if (spread === null) return "–"
  const { low, median, high } = spread
  return `${short(median)} (${short(low)}–${short(high)})`
}

/** Three significant digits, with a comma in thousands. */
function short(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en")
  return value.toPrecision(3)
}
