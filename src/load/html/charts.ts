import * as echarts from "echarts"
import type { PercentilePoint, TimelinePoint } from "./timeline.js"

/** Okabe and Ito's colours, which people who do not see all colours can tell apart. */
const BLUE = "#0072b2"
const ORANGE = "#d55e00"
const GREY = "#999999"

const SIZE = { width: 1000, height: 320 }
const FONT = "Arial, Helvetica, sans-serif"

/** The finest latency that is drawn, in milliseconds: of a logarithm, nothing is at zero. */
const LEAST_MS = 0.01

/** Latency in each second, as an SVG. */
export function latencyChart(timeline: readonly TimelinePoint[]): string {
  const series = [
    line("p50", BLUE, timeline, ({ p50 }) => logged(p50)),
    line("p99", ORANGE, timeline, ({ p99 }) => logged(p99)),
    line("max", GREY, timeline, ({ max }) => logged(max)),
  ]
  return drawn({ series, xAxis: secondsAxis(timeline), yAxis: latencyAxis() })
}

/** Commands answered in each second, as an SVG; `rate`: how many were due, in an open loop. */
export function throughputChart(timeline: readonly TimelinePoint[], rate: number | null): string {
  const due = rate === null ? [] : [line("due", GREY, timeline, () => rate)]
  const series = [
    line("answered", ORANGE, timeline, ({ answered }) => answered),
    line("effective", BLUE, timeline, ({ effective }) => effective),
    ...due,
  ]
  const yAxis = { type: "value" as const, min: 0, ...axisName("commands per second", 56) }
  return drawn({ series, xAxis: secondsAxis(timeline), yAxis })
}

/** Latency by percentile, as an SVG: each step to the right is one more nine. */
export function percentileChart(points: readonly PercentilePoint[]): string {
  const xAxis = {
    type: "log" as const,
    min: 1,
    axisLabel: { formatter: percentileText },
    ...axisName("commands answered within that time", 30),
  }
  const data = points.map(({ oneIn, ms }) => [oneIn, Math.max(ms, LEAST_MS)])
  const series = [{ type: "line" as const, showSymbol: false, color: BLUE, data }]
  return drawn({ series, xAxis, yAxis: latencyAxis() })
}

/** 99 % for 1 in 100. */
export function percentileText(oneIn: number): string {
  const nines = Math.max(0, Math.round(Math.log10(oneIn)) - 2)
  return `${(100 * (1 - 1 / oneIn)).toFixed(nines)} %`
}

function drawn(option: echarts.EChartsOption): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...SIZE })
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: FONT },
      legend: { top: 0, itemGap: 32 },
      grid: { left: 80, right: 30, top: 36, bottom: 48 },
      ...option,
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

function line(
  name: string,
  color: string,
  timeline: readonly TimelinePoint[],
  value: (point: TimelinePoint) => number | null,
) {
  const data = timeline.map(point => [point.second + 0.5, value(point)])
  // A single point makes no line.
  return { name, type: "line" as const, color, showSymbol: timeline.length === 1, data }
}

function logged(ms: number | null): number | null {
  return ms === null ? null : Math.max(ms, LEAST_MS)
}

function secondsAxis(timeline: readonly TimelinePoint[]) {
  return { type: "value" as const, min: 0, max: timeline.length, ...axisName("seconds", 30) }
}

function latencyAxis() {
  return { type: "log" as const, ...axisName("ms (log scale)", 56) }
}

function axisName(name: string, nameGap: number) {
  return { name, nameGap, nameLocation: "middle" as const }
}
