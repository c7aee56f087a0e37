import * as echarts from "echarts"
import { type Figure, type SideTurns, spreadIn } from "./result.js"

const SIZE = { width: 960, height: 620 }
const COLOURS = { ours: "#0072b2", peer: "#d55e00", limit: "#999999" }
const FONT = "Arial, Helvetica, sans-serif"

const CHARTS = [
  { figure: "perSecond", title: "Purchases a second (more is better)", axis: "purchases a second", top: 70 },
  { figure: "cost", title: "Cost (less is better)", axis: "processor time, µs a purchase", top: 360 },
] as const

/** Rate and cost of each side: all its rounds as a box from quartile to quartile, as an SVG. */
export function plotOf(sides: readonly SideTurns[], subtitle: string): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...SIZE })
  try {
    chart.setOption(optionOf(sides, subtitle))
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

function optionOf(sides: readonly SideTurns[], subtitle: string): echarts.EChartsOption {
  const names = sides.map(({ name }) => name)
  return {
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: FONT },
    title: CHARTS.map(({ title, top }, at) => ({
      ...(at === 0 ? { subtext: subtitle } : {}),
      text: title,
      left: "center",
      top: top - 60,
      textStyle: { fontSize: 16 },
    })),
    grid: CHARTS.map(({ top }) => ({ left: 230, right: 40, top, height: 180 })),
    xAxis: CHARTS.map(({ axis }, gridIndex) => ({
      gridIndex,
      type: "value",
      min: 0,
      name: axis,
      nameLocation: "middle",
      nameGap: 30,
      nameTextStyle: { fontSize: 13 },
    })),
    yAxis: CHARTS.map((_, gridIndex) => ({ gridIndex, type: "category", inverse: true, data: names })),
    series: CHARTS.map(({ figure }, at) => ({
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

/** The least, the quartiles around the median, and the most. */
function boxOf(side: SideTurns, figure: Figure): number[] {
  const figures = side.turns.map(turn => turn[figure])
  const { low, median, high } = spreadIn(side, figure)
  return [Math.min(...figures), low, median, high, Math.max(...figures)]
}
