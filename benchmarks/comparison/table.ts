import { FIGURES, type Figure, type SideTurns, spreadIn, verdictOf } from "./result.js"

const HEADINGS: Readonly<Record<Figure, string>> = {
  perSecond: "purchases a second",
  p50: "p50, ms",
  p99: "p99, ms",
  cost: "cost, µs a purchase",
}

/** A Markdown table of medians with quartiles, and the verdict below it. */
export function tableOf(sides: readonly SideTurns[]): string {
  const heading = ["", ...FIGURES.map(figure => HEADINGS[figure])]
  const rows = sides.map(side => [side.name, ...FIGURES.map(figure => cell(side, figure))])
  const lines = [heading, heading.map(() => "---"), ...rows].map(cells => `| ${cells.join(" | ")} |`)
  return [...lines, "", verdictText(sides)].join("\n")
}

/** One line: ours against the faster peer, or why there is no verdict. */
export function verdictText(sides: readonly SideTurns[]): string {
  const { peer, ratios, unsteady } = verdictOf(sides)
  if (ratios === null) return `No verdict: the machine was too busy (${unsteady.join("; ")}).`
  const [rate, p99, cost] = [ratios.perSecond, ratios.p99, ratios.cost].map(ratio => ratio.toFixed(2))
  return `Against the faster peer (${peer}): **${rate} × the rate, ${cost} × the cost**, ${p99} × the p99.`
}

function cell(side: SideTurns, figure: Figure): string {
  const { low, median, high } = spreadIn(side, figure)
  return `${short(median)} (${short(low)}–${short(high)})`
}

/** Three significant digits, with a comma in thousands. */
function short(figure: number): string {
  if (figure >= 100) return Math.round(figure).toLocaleString("en")
  return figure.toPrecision(3)
}

const END = "<!-- end -->"

/** The page with this section's content replaced. Throws RangeError if the page does not have the section. */
export function withSection(page: string, name: string, content: string): string {
  const begin = `<!-- compare ${name} -->`
  const from = page.indexOf(begin)
  const to = page.indexOf(END, from)
  if (from < 0 || to < 0) throw new RangeError(`expected ${begin} and ${END} in the page`)
  return `${page.slice(0, from + begin.length)}\n${content}\n${page.slice(to)}`
}
