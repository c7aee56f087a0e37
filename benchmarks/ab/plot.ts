import * as echarts from "echarts"
import { type Outcome, refusedIn } from "./scenarios.js"

const SIZE = { width: 960, height: 820 }

/** Okabe and Ito's colours, which people who do not see all colours can tell apart. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"]
const FATES = { inLog: "#0072b2", replayed: "#56b4e9", refused: "#d55e00", query: "#999999" }

const FONT = "Arial, Helvetica, sans-serif"

/** Wide, as the width of a text is only guessed: which font there will be is not known here. */
const LEGEND = { itemGap: 44 }

/** The latencies of all outcomes, and below what became of their requests, as an SVG. */
export function plotOf(outcomes: readonly Outcome[], subtitle: string): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...SIZE })
  try {
    chart.setOption({ ...frame(subtitle, outcomes), series: [...latencies(outcomes), ...fates(outcomes)] })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

function frame(subtitle: string, outcomes: readonly Outcome[]): echarts.EChartsOption {
  const names = outcomes.map(({ name }) => name)
  const title = { left: "center", textStyle: { fontSize: 16 } }
  return {
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: FONT },
    color: COLOURS,
    title: [
      { ...title, text: "Apache Bench: how long requests took", subtext: subtitle, top: 8 },
      { ...title, text: "What became of the requests", top: 500 },
    ],
    legend: [
      { ...LEGEND, top: 62, data: names },
      { ...LEGEND, top: 530, data: Object.values(FATE_NAMES) },
    ],
    grid: [
      { left: 80, right: 40, top: 110, height: 320 },
      { left: 190, right: 40, top: 570, height: 170 },
    ],
    xAxis: [
      { type: "value", min: 0, max: 100, ...axis("requests answered within that time (%)", 30) },
      { type: "value", gridIndex: 1, minInterval: 1, ...axis("requests (number)", 30) },
    ],
    yAxis: [
      { type: "log", ...axis("time from request to answer (ms, log scale)", 52) },
      { type: "category", gridIndex: 1, inverse: true, data: names },
    ],
  }
}

function axis(name: string, nameGap: number) {
  return { name, nameGap, nameLocation: "middle" as const, nameTextStyle: { fontSize: 13 } }
}

function latencies(outcomes: readonly Outcome[]): echarts.SeriesOption[] {
  return outcomes.map(({ name, bench }) => ({
    name,
    type: "line",
    showSymbol: false,
    // Of a logarithm, nothing is at zero.
    data: bench.percentiles.map((ms, percent) => [percent, Math.max(ms, 0.01)]),
  }))
}

const FATE_NAMES = {
  inLog: "an event in the log",
  replayed: "answered with the first one's event",
  refused: "refused by the game",
  query: "a query: nothing to record",
} as const

function fates(outcomes: readonly Outcome[]): echarts.SeriesOption[] {
  const counts = {
    inLog: outcomes.map(({ fate }) => fate.inLog ?? 0),
    replayed: outcomes.map(({ fate }) => fate.replayed),
    refused: outcomes.map(({ fate }) => refusedIn(fate)),
    query: outcomes.map(({ fate, bench }) => (fate.inLog === null ? bench.answered : 0)),
  }
  return (["inLog", "replayed", "refused", "query"] as const).map(kind => ({
    name: FATE_NAMES[kind],
    type: "bar",
    stack: "fate",
    xAxisIndex: 1,
    yAxisIndex: 1,
    color: FATES[kind],
    // With a border, as it is wider than a bar of 1.
    label: {
      show: true,
      position: kind === "inLog" ? "insideLeft" : "inside",
      color: "#ffffff",
      textBorderColor: "#333333",
      textBorderWidth: 2,
      formatter: ({ value }) => (value === 0 ? "" : String(value)),
    },
    data: counts[kind],
  }))
}
