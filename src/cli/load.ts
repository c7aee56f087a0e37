import { randomBytes } from "node:crypto"
import { GraphqlClient } from "./graphqlClient.js"
import { Ledger } from "./load/ledger.js"
import { type LoadReport, Measure } from "./load/measure.js"
import type { Mix } from "./load/mix.js"
import { seededRandom } from "./load/random.js"
import { MutationSender } from "./load/sender.js"
import { verify } from "./load/verify.js"
import { actOnce, prepare, type Work } from "./load/worker.js"
import { EXIT, output } from "./output.js"
import { progressBar } from "./progress.js"

/** How many differences are printed. */
const SHOWN_MAX = 20

export interface LoadOptions {
  readonly url: readonly string[]
  readonly players: number
  readonly concurrency: number
  /** How many commands; with a duration, whichever comes first. */
  readonly count?: number
  readonly duration?: number
  readonly warmUp: number
  readonly seed: number
  readonly mix: Mix
  readonly runId?: string
  readonly verify: boolean
  readonly json: boolean
}

const DURATION_MS = 30_000

/**
 * Loads a server with a weighted mix of mutations on many players, closed loop: so many at a time, the next when one
 * is answered. Everything is retried with the same key until the answer is definite. Returns the exit code: 1 when a
 * command stayed without an answer, or when what was promised is not what the server says at the end.
 */
export async function load(options: LoadOptions): Promise<number> {
  const clients = options.url.map(url => new GraphqlClient(url, options.concurrency))
  const runId = options.runId ?? `l${randomBytes(4).toString("hex")}`
  const ids = Array.from({ length: options.players }, (_, i) => `${runId}-p${i}`)
  const sender = new MutationSender(clients)
  const work = {
    ledger: new Ledger(ids),
    sender,
    mix: options.mix,
    random: seededRandom(options.seed),
    runId,
  }
  try {
    await prepare(work, options.concurrency)
    const report = await run(work, options)
    const differences = options.verify ? await verify(work, clients, options.concurrency) : null
    print(options, runId, report, differences)
    return (differences?.length ?? 0) > 0 ? EXIT.failed : EXIT.ok
  } finally {
    await Promise.all(clients.map(client => client.close()))
  }
}

async function run(work: Work, options: LoadOptions): Promise<LoadReport> {
  const { concurrency, count = Number.POSITIVE_INFINITY, warmUp, json } = options
  const durationMs =
    options.duration ?? (options.count === undefined ? DURATION_MS : Number.POSITIVE_INFINITY)
  const stop = stopOnSignal()
  const bar = progressBar("load", !json)
  const measure = new Measure()
  const warm = setTimeout(() => measure.restart(), warmUp)
  const begin = Date.now()
  const until = begin + warmUp + durationMs
  let issued = 0
  const worker = async () => {
    while (issued < count && Date.now() < until && !stop.stopped) {
      const number = issued
      issued += 1
      const sent = performance.now()
      const answer = await actOnce(work, number)
      if (answer !== null) measure.add(answer, performance.now() - sent)
      if (number % 100 === 0) showProgress(bar, { issued, count, begin, until })
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, worker))
  } finally {
    clearTimeout(warm)
    bar.end()
    stop.forget()
  }
  return measure.report(work.sender.tries)
}

function showProgress(
  bar: ReturnType<typeof progressBar>,
  { issued, count, begin, until }: { issued: number; count: number; begin: number; until: number },
): void {
  if (Number.isFinite(count)) bar.update(issued, count)
  else bar.update(Math.round((Date.now() - begin) / 1000), Math.round((until - begin) / 1000))
}

/** The first signal lets what is on its way finish; the second ends at once. */
function stopOnSignal(): { stopped: boolean; forget(): void } {
  const state = { stopped: false, forget: () => void process.off("SIGINT", stop).off("SIGTERM", stop) }
  const stop = () => {
    if (state.stopped) process.exit(EXIT.failed)
    state.stopped = true
  }
  process.on("SIGINT", stop).on("SIGTERM", stop)
  return state
}

function print(
  { json }: LoadOptions,
  runId: string,
  report: LoadReport,
  differences: readonly string[] | null,
): void {
  const shown = differences?.slice(0, SHOWN_MAX) ?? []
  const verified = differences === null ? null : differences.length === 0
  if (json) {
    output.json({ runId, ...report, verified, differences: differences?.length ?? 0, shown })
    return
  }
  const { p50, p95, p99, max } = report.latencyMs
  output.line(`run ${runId}`)
  output.line(
    `effective  ${report.effective} commands in ${report.seconds} s: ${report.effectivePerSecond} a second`,
  )
  output.line(`refused    ${report.refused} ${JSON.stringify(report.refusals)}`)
  output.line(`latency    p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, max ${max} ms`)
  output.line(
    `retries    ${report.retries}, answered from an earlier try ${report.replayed}, faults ${JSON.stringify(report.faults)}`,
  )
  if (verified === null) return
  output.line(verified ? "verified   every promise is kept" : `DIFFERENT  ${differences?.length} differences`)
  for (const difference of shown) output.line(`  ${difference}`)
}
