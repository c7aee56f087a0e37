import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { plotOf } from "../../benchmarks/ab/plot.js"
import type { Fate, Outcome } from "../../benchmarks/ab/scenarios.js"
import { startChromium } from "./support/chromium.js"

let browser: Browser

beforeAll(async () => {
  browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
})

/** In the page: the texts of an SVG, and which of them overlap or leave the picture. */
const LOOK = `svg => {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml")
  if (parsed.querySelector("parsererror")) return { texts: [], bad: ["it does not parse"] }
  document.body.innerHTML = svg
  const texts = [...document.querySelectorAll("text")]
  const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()])
  const frame = document.querySelector("svg").getBoundingClientRect()
  const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
  const overlapping = boxes.flatMap(([text, box], i) =>
    boxes.slice(i + 1).filter(other => touch(box, other[1])).map(other => text + " / " + other[0]))
  const outside = boxes.filter(([, box]) =>
    box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom)
  return { texts: boxes.map(([text]) => text), bad: [...overlapping, ...outside.map(([text]) => text)] }
}`

test("the plot of scripts/ab names what it shows, with units, and no text covers another", async () => {
  const outcomes = [
    outcome("buySword", { inLog: 100_000 }),
    outcome("buySword, gold for half", { inLog: 50_000, refused: new Map([["NOT_ENOUGH_GOLD", 50_000]]) }),
    outcome("query by GET", { inLog: null }),
  ]
  const page = await browser.newPage()

  const seen = await page.evaluate(`(${LOOK})(${JSON.stringify(plotOf(outcomes, "100000 of each kind"))})`)

  expect(seen).toEqual({
    texts: expect.arrayContaining([
      "Apache Bench: how long requests took",
      "100000 of each kind",
      "time from request to answer (ms, log scale)",
      "requests answered within that time (%)",
      "What became of the requests",
      "requests (number)",
      "an event in the log",
      "refused by the game",
      "buySword, gold for half",
    ]),
    bad: [],
  })
})

function outcome(name: string, fate: Partial<Fate>): Outcome {
  const percentiles = Array.from({ length: 101 }, (_, i) => 0.3 + i ** 2 / 10)
  const bench = {
    answered: 100_000,
    failed: 0,
    not2xx: 0,
    perSecond: 1234.5,
    percentiles,
    max: 1000,
    report: "",
  }
  return {
    name,
    sent: 100_000,
    bench,
    fate: { inLog: 0, replayed: 0, refused: new Map(), ...fate },
    problems: [],
  }
}
