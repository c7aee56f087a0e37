import { parseArgs } from "node:util"
import { openCourse } from "../rows/course/open.js"
import { openGrowth } from "../rows/growth/open.js"
import { openLanding } from "../rows/landing/open.js"
import { openPurchases } from "../rows/purchases/open.js"
import { openRebuild } from "../rows/rebuild/open.js"
import { openReports } from "../rows/reports/open.js"
import { openSubscribers } from "../rows/subscribers/open.js"
import { compare } from "./compare.js"
import type { OpenComparison } from "./comparison.js"

// Started by benchmarks/compare, which checks the arguments and starts the services.

/** By the row's place in the page. */
const ROWS: Readonly<Record<string, OpenComparison>> = {
  "purchases embedded": openPurchases("embedded", "uniform"),
  "purchases embedded zipf": openPurchases("embedded", "zipf"),
  "purchases stack": openPurchases("stack", "uniform"),
  "purchases stack zipf": openPurchases("stack", "zipf"),
  "course stack": openCourse,
  "landing embedded": openLanding("embedded"),
  "landing stack": openLanding("stack"),
  "growth embedded": openGrowth,
  "rebuild embedded": openRebuild("embedded"),
  "rebuild stack": openRebuild("stack"),
  "reports embedded": openReports("embedded"),
  "reports stack": openReports("stack"),
  "subscribers embedded": openSubscribers,
}

let interrupted = false
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // The servers are its children and get the signal too: the turn fails, and everything is closed.
  process.once(signal, () => {
    interrupted = true
  })
}
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: "boolean", default: false } },
  })
  const section = positionals.join(" ")
  const open = ROWS[section]
  if (open === undefined)
    throw new RangeError(`expected one of ${Object.keys(ROWS).join(", ")}, got ${section}`)
  process.exitCode = await compare(section, open, values.quick)
} catch (error) {
  process.stderr.write(`compare: ${interrupted ? "interrupted" : describe(error)}\n`)
  process.exitCode = interrupted ? 130 : 1
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
