import * as echarts from "echarts"
import type { Figure } from "./comparison.js"
import { type SideTurns, spreadIn } from "./result.js"

const WIDTH = 960
/** Of one side's line in a chart, and of what surrounds a chart: title above, axis below. */
const LINE_HEIGHT = 45
const ABOVE = 70
const BELOW = 50

const COLOURS = { ours: "#0072b2", peer: "#d55e00", limit: "#999999" }
const FONT = "Arial, Helvetica, sans-serif"

/** A chart for each figure: all rounds of a side as a box from quartile to quartile, as an SVG. */
export function plotOf(figures: readonly Figure[], sides: readonly SideTurns[], subtitle: string): string {
  const height = figures.length * chartHeight(sides)
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height })
  try {
    chart.setOption(optionOf(figures, sides, subtitle))
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

function chartHeight(sides: readonly SideTurns[]): number {
  return ABOVE + sides.length * LINE_HEIGHT + BELOW
}

function optionOf(
  figures: readonly Figure[],
  sides: readonly SideTurns[],
  subtitle: string,
): echarts.EChartsOption {
  const names = sides.map(({ name }) => name)
  const charts = figures.map((figure, at) => ({ figure, top: at * chartHeight(sides) }))
  return {
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: FONT },
    title: charts.map(({ figure, top }, at) => ({
      ...(at === 0 ? { subtext: subtitle } : {}),
      text: `${figure.heading} (${figure.better} is better)`,
      left: "center",
      top: top + 10,
      textStyle: { fontSize: 16 },
    })),
    grid: charts.map(({ top }) => ({
      left: 280,
      right: 40,
      top: top + ABOVE,
      height: sides.length * LINE_HEIGHT,
    })),
    xAxis: charts.map((_, gridIndex) => ({ gridIndex, type: "value", min: 0 })),
    yAxis: charts.map((_, gridIndex) => ({ gridIndex, type: "category", inverse: true, data: names })),
    series: charts.map(({ figure }, at) => ({
      type: "boxplot",
      layout: "vertical",
      xAxisIndex: at,
      yAxisIndex: at,
      data: sides.map(side => ({
        value: boxOf(side, figure),
        itemStyle: { color: COLOURS[side.role], borderColor: "#333333" },
      })),
    })),
  }
}

/** The least, the quartiles around the median, and the most. Empty if the side does not have the figure. */
function boxOf(side: SideTurns, figure: Figure): number[] {
  const spread = spreadIn(side, figure)
  if (spread === null) return []
  const values = side.turns.flatMap(turn => turn[figure.name] ?? [])
  return [Math.min(...values), spread.low, spread.median, spread.high, Math.max(...values)]
}
