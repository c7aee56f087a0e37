import { mkdir, readFile, writeFile } from "node:fs/promises"
import { loadavg } from "node:os"
import { fileURLToPath } from "node:url"
import type { Comparison } from "./comparison.js"
import { plotOf } from "./plot.js"
import type { SideTurns } from "./result.js"
import { tableOf } from "./table.js"

const PAGE = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url))
const PLOTS = fileURLToPath(new URL("../../docs/plots/", import.meta.url))

const END = "<!-- end -->"

/** Replaces this section of docs/benchmarks.md, and its plot. */
export async function publish(
  section: string,
  { figures, plotted, rounds, turnIs }: Comparison,
  sides: readonly SideTurns[],
): Promise<void> {
  const day = new Date().toISOString().slice(0, 10)
  const load = (loadavg()[0] ?? 0).toFixed(1)
  const how = `${rounds} rounds of ${turnIs}, on ${day}; the machine's load at the end: ${load}.`
  const plot = `${section.replaceAll(" ", "-")}.svg`
  await mkdir(PLOTS, { recursive: true })
  const shown = figures.filter(({ name }) => plotted.includes(name))
  await writeFile(`${PLOTS}${plot}`, plotOf(shown, sides, how))
  const content = `${tableOf(figures, sides)}\n\n${how}\n\n![The figures of each side](plots/${plot})`
  await writeFile(PAGE, withSection(await readFile(PAGE, "utf8"), section, content))
}

/** The page with this section's content replaced. Throws RangeError if the page does not have the section. */
export function withSection(page: string, name: string, content: string): string {
  const begin = `<!-- compare ${name} -->`
  const from = page.indexOf(begin)
  const to = page.indexOf(END, from)
  if (from < 0 || to < 0) throw new RangeError(`expected ${begin} and ${END} in the page`)
  return `${page.slice(0, from + begin.length)}\n${content}\n${page.slice(to)}`
}
