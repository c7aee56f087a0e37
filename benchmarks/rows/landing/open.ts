import type { Comparison, Contender, Figure, OpenComparison, Turn } from "../../comparison/comparison.js"
import { runProgram } from "../../comparison/program.js"
import { openEmbeddedLandings } from "./embedded.js"
import type { Landing, LogSize } from "./landing.js"
import { openStackLandings } from "./onStack.js"
import type { Tally } from "./purchasesLog.js"

/** How many purchases each of the logs holds. */
export type Sizes = Readonly<Record<LogSize, number>>

/** A run that counts, and a look. */
const RUN = { sizes: { few: 10, all: 1_000_000 }, rounds: 7 }
const LOOK = { sizes: { few: 10, all: 5000 }, rounds: 1 }

const MEBIBYTE = 1024 * 1024

const FIGURES: readonly Figure[] = [
  { name: "perSecond", heading: "rows a second", label: "the rate", better: "more", decisive: true },
  { name: "cost", heading: "cost, µs a row", label: "the cost", better: "less", decisive: true },
  { name: "memory", heading: "peak memory, MiB", label: "the memory", better: "less", decisive: true },
  { name: "start", heading: "start, s", label: "the start", better: "less", decisive: false },
  {
    name: "afterStart",
    heading: "rows a second after the start",
    label: "the rate after the start",
    better: "more",
    decisive: false,
  },
  { name: "bytes", heading: "bytes a row", label: "the bytes", better: "less", decisive: false },
]

/** Opened landings of logs of these sizes, and what both logs hold. */
export interface OpenLandings {
  readonly landings: readonly Landing[]
  readonly tallies: Readonly<Record<LogSize, Tally>>
}

/** The time from a log to its rows in the lake, each time by new processes into an empty place. */
export function openLanding(place: "embedded" | "stack"): OpenComparison {
  return async (quick, closers): Promise<Comparison> => {
    const { sizes, rounds } = quick ? LOOK : RUN
    const open = place === "stack" ? openStackLandings : openEmbeddedLandings
    const { landings, tallies } = await open(sizes, closers)
    const contenders = landings.map(
      (landing): Contender => ({
        name: landing.name,
        role: landing.role,
        turn: () => turn(landing, tallies),
        // Each turn has compared what it landed.
        verify: async () => [],
      }),
    )
    const turnIs = `${sizes.all.toLocaleString("en")} purchases`
    return { figures: FIGURES, plotted: ["perSecond", "memory"], rounds, turnIs, contenders }
  }
}

async function turn(landing: Landing, tallies: OpenLandings["tallies"]): Promise<Turn> {
  const few = await landOnce(landing, "few", tallies)
  const all = await landOnce(landing, "all", tallies)
  const { rows } = tallies.all
  return {
    perSecond: (rows * 1000) / all.ms,
    cost: all.cost / rows,
    memory: all.peakBytes / MEBIBYTE,
    start: few.ms / 1000,
    // A log of 5,000 may take no longer than one of 10.
    ...(all.ms > few.ms ? { afterStart: ((rows - tallies.few.rows) * 1000) / (all.ms - few.ms) } : {}),
    ...(all.bytes === null ? {} : { bytes: all.bytes / rows }),
  }
}

/** Throws when another reader does not find there what the log holds. */
async function landOnce(landing: Landing, size: LogSize, tallies: OpenLandings["tallies"]) {
  const before = await landing.servicesCost()
  const run = await runProgram(landing.program(size))
  const cost = run.processorTime + (await landing.servicesCost()) - before
  const { bytes, ...found } = await landing.find(run.line)
  const { rows, revenue } = tallies[size]
  if (found.rows !== rows || found.revenue !== revenue) {
    throw new Error(
      `${landing.name}: expected ${rows} rows with prices of ${revenue}, ` +
        `found ${found.rows} with prices of ${found.revenue}`,
    )
  }
  await landing.clear()
  return { ...run, cost, bytes }
}
