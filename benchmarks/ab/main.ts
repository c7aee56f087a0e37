import { randomBytes } from "node:crypto"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { Command, InvalidArgumentError } from "commander"
import { EXIT, output } from "../../src/cli/output.js"
import { UserError } from "../../src/lib/userError.js"
import { Game } from "./game.js"
import { plotOf } from "./plot.js"
import { buySword, buySwordOneKey, joinGuild, type Outcome, type Plan, queryByGet } from "./scenarios.js"
import { type OwnServer, startOwnServer } from "./server.js"
import { tableOf } from "./table.js"

// Apache Bench on a server, and what the log holds afterwards. `scripts/ab` runs it.

const OUT = fileURLToPath(new URL("../../.cache/ab", import.meta.url))

/** Fewer have no 99th percentile; with 50 or fewer, ab reads past the end of its times for that. */
const REQUESTS_MIN = 100

interface Options {
  readonly url?: string
  readonly requests: number
  readonly concurrency: number
  readonly out: string
}

const program = new Command("scripts/ab")
  .description(
    "Sends purchases, joins and queries by Apache Bench (ab), and checks that the log holds each request once, or that " +
      "it was refused. Prints a table and writes a plot.",
  )
  .option("--url <url>", "GraphQL address of a running server; default: its own, embedded, with a new world")
  .option("--requests <n>", `requests of each kind, at least ${REQUESTS_MIN}`, count(REQUESTS_MIN), 1000)
  .option("--concurrency <n>", "requests at a time", count(1), 10)
  .option("--out <folder>", "for results.json and latency.svg", OUT)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage))

// The server of this run is ended then too, and its world deleted.
const interrupted = new AbortController()
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort())

try {
  program.parse()
  process.exitCode = await run(program.opts())
} catch (error) {
  if (!(error instanceof UserError)) throw error
  output.note(`scripts/ab: ${error.message}`)
  process.exitCode = EXIT.failed
}

async function run({ url, requests, concurrency, out }: Options): Promise<number> {
  if (concurrency > requests) throw new UserError("--concurrency: expected at most as many as --requests")
  await mkdir(out, { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), "guildhall-ab-"))
  const server = url === undefined ? await startOwnServer() : null
  try {
    const address = url ?? server?.url ?? ""
    const id = `ab-${randomBytes(3).toString("hex")}`
    const { signal } = interrupted
    const plan = { game: new Game(address), url: address, run: id, requests, concurrency, folder, signal }
    const outcomes = await play(plan)
    await keep(outcomes, plan, out)
    return await report(outcomes, server)
  } finally {
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function play(plan: Plan): Promise<readonly Outcome[]> {
  const { url, requests, concurrency } = plan
  output.note(`ab sends ${requests} requests of each kind, ${concurrency} at a time, to ${url}`)
  return [
    // With gold for twice as many: if requests were doubled, all of them would be purchases.
    await buySword(plan, "buySword", 2 * requests),
    await buySword(plan, "buySword, gold for half", Math.floor(requests / 2)),
    await buySwordOneKey(plan, "buySword, one key"),
    await joinGuild(plan, "joinGuild"),
    await queryByGet(plan, "query by GET"),
  ]
}

async function keep(
  outcomes: readonly Outcome[],
  { requests, concurrency }: Plan,
  out: string,
): Promise<void> {
  const subtitle = `${requests} requests of each kind, ${concurrency} at a time`
  await writeFile(join(out, "latency.svg"), plotOf(outcomes, subtitle))
  const plain = outcomes.map(({ fate, ...rest }) => ({
    ...rest,
    fate: { ...fate, refused: Object.fromEntries(fate.refused) },
  }))
  await writeFile(join(out, "results.json"), `${JSON.stringify(plain, null, 2)}\n`)
  output.note(`wrote ${relative(".", join(out, "latency.svg"))} and results.json beside it`)
}

async function report(outcomes: readonly Outcome[], server: OwnServer | null): Promise<number> {
  output.line(tableOf(outcomes))
  const problems = outcomes.flatMap(({ name, problems }) => problems.map(problem => `${name}: ${problem}`))
  for (const problem of problems) output.line(`WRONG    ${problem}`)
  const audit = await server?.audit()
  if (audit !== undefined) output.line(audit.output.split("\n").at(-1))
  if (problems.length > 0 || (audit !== undefined && audit.code !== 0)) return EXIT.failed
  output.line(
    "verified   each answered request is in the log once, or was refused, or was answered from the first one",
  )
  return EXIT.ok
}

function count(least: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (Number.isSafeInteger(value) && value >= least && /^\d+$/.test(text)) return value
    throw new InvalidArgumentError(`expected a whole number of at least ${least}`)
  }
}
