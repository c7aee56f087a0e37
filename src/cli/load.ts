import { randomBytes } from "node:crypto"
import { graphqlUrl } from "../app/config.js"
import { GraphqlClient } from "../client/graphqlClient.js"
import { Journal, readJournal } from "../load/journal.js"
import { Ledger } from "../load/ledger.js"
import { type LoadReport, Measure } from "../load/measure.js"
import type { Mix } from "../load/mix.js"
import { settleDoubts } from "../load/perform.js"
import { seededRandom } from "../load/random.js"
import { isGood, printResult, type Result } from "./loadReport.js"
import { MutationSender } from "../load/sender.js"
import { type Stop, stopOnSignals } from "../load/stop.js"
import { Audience } from "../load/subscribers/audience.js"
import { verify } from "../load/verify.js"
import { actOnce, prepare, type Work } from "../load/worker.js"
import { CommandError, EXIT, output } from "./output.js"
import { type Progress, progressBar } from "./progress.js"

export interface LoadOptions {
  /** Unless given, that of a server with the environment's HOST and PORT. */
  readonly url?: readonly string[]
  readonly players: number
  readonly concurrency: number
  /** How many commands; with a duration, whichever comes first. The warm-up does not count. */
  readonly count?: number
  /** In milliseconds. */
  readonly duration?: number
  /** In milliseconds. */
  readonly warmUp: number
  /** How long one command is tried, in milliseconds. */
  readonly within: number
  readonly seed: number
  readonly mix: Mix
  /** Begins the ids of the players, with the seed. */
  readonly prefix: string
  readonly runId?: string
  /** How many subscribers listen beside the load, at most SUBSCRIBERS_MAX. */
  readonly subscribers: number
  readonly verify: boolean
  readonly journal?: string
  readonly verifyJournal?: string
  readonly json: boolean
}

const DURATION_MS = 30_000

/**
 * Loads servers with a weighted mix of mutations on many players, closed loop: so many at a time, the next when one is
 * answered. Everything is retried with the same key until the answer is definite, and every answer is checked. Returns
 * the exit code: 1 when an answer was wrong, a command stayed without one, a subscriber missed or doubled something, or
 * what was promised is not what the servers say at the end.
 */
export async function load(options: LoadOptions): Promise<number> {
  const { url: urls = [graphqlUrl(process.env)] } = options
  const clients = urls.map(url => new GraphqlClient(url, options.concurrency))
  const { stop, forget } = stopOnSignals()
  try {
    await tellWhoIsAway(clients, options.within)
    const sender = new MutationSender(clients, { withinMs: options.within, stop })
    const result =
      options.verifyJournal === undefined
        ? await runAndVerify(options, clients, sender, stop)
        : await verifyJournal(options.verifyJournal, options, clients, sender)
    printResult(result, options.json)
    return isGood(result) ? EXIT.ok : EXIT.failed
  } finally {
    forget()
    await Promise.all(clients.map(client => client.close()))
  }
}

/** Else a forgotten server would show only when the first command is given up. */
async function tellWhoIsAway(clients: readonly GraphqlClient[], withinMs: number): Promise<void> {
  const ask = (client: GraphqlClient) =>
    client.ask("{ status { ready } }").catch((error: Error) => {
      output.note(`${error.message}; trying for ${withinMs / 1000} s`)
    })
  await Promise.all(clients.map(ask))
}

async function verifyJournal(
  path: string,
  { concurrency }: LoadOptions,
  clients: readonly GraphqlClient[],
  sender: MutationSender,
): Promise<Result> {
  const ledger = await readJournal(path)
  const differences = await verify({ ledger, sender, journal: new Journal(null) }, clients, concurrency)
  return { run: null, ledger, audience: null, differences }
}

async function runAndVerify(
  options: LoadOptions,
  clients: readonly GraphqlClient[],
  sender: MutationSender,
  stop: Stop,
): Promise<Result> {
  const [client] = clients
  if (client === undefined) throw new Error("no server to send to")
  const { mix, seed, prefix, concurrency } = options
  const runId = options.runId ?? `l${randomBytes(4).toString("hex")}`
  const ids = Array.from({ length: options.players }, (_, i) => `${prefix}-${seed}-p${i}`)
  const ledger = new Ledger(ids)
  const journal = new Journal(options.journal ?? null)
  const audience = newAudience(options, clients, ledger)
  const random = seededRandom(seed)
  const preparing = { ledger, sender, journal, client, mix, random, runId, stop }
  // It has not heard of what was done before it listened.
  const work = { ...preparing, witness: audience }
  try {
    await prepare(preparing, concurrency)
    if (options.subscribers > 0) await begin(audience, preparing, concurrency)
    const report = await run(work, options)
    if (options.subscribers > 0) await finish(audience, work, concurrency)
    const differences = options.verify ? await verify(work, clients, concurrency) : null
    return { run: { id: runId, report }, ledger, audience, differences }
  } finally {
    audience.close()
    await journal.close()
  }
}

function newAudience(
  { subscribers, within }: LoadOptions,
  clients: readonly GraphqlClient[],
  ledger: Ledger,
) {
  return new Audience({ count: subscribers, urls: clients.map(({ url }) => url), ledger, withinMs: within })
}

/** Throws CommandError when it does not come to it. */
async function begin(audience: Audience, work: Work, concurrency: number): Promise<void> {
  await settleDoubts(work, concurrency)
  const [command] = work.ledger.inDoubt
  if (command !== undefined) {
    throw new CommandError(`${command.name} ${command.player}: still in doubt before anybody could listen`)
  }
  await audience.begin()
}

async function finish(audience: Audience, work: Work, concurrency: number): Promise<void> {
  await settleDoubts(work, concurrency)
  await audience.finish(work.stop)
  audience.close()
}

async function run(work: Work & { readonly witness: Audience }, options: LoadOptions): Promise<LoadReport> {
  const { warmUp, count = Number.POSITIVE_INFINITY } = options
  const forever = options.count === undefined ? DURATION_MS : Number.POSITIVE_INFINITY
  const measure = new Measure()
  const phases = new Phases(work, options.concurrency, measure)
  const bar = progressBar("load", !options.json)
  try {
    if (warmUp > 0) await phases.run({ count: Number.POSITIVE_INFINITY, durationMs: warmUp }, bar)
    measure.restart()
    work.sender.restart()
    work.witness.restart()
    await phases.run({ count, durationMs: options.duration ?? forever }, bar)
  } finally {
    bar.end()
  }
  return measure.report(work.sender.tries)
}

interface Phase {
  readonly count: number
  readonly durationMs: number
}

/** The warm-up and what is measured: each ends when what it has sent is answered. */
class Phases {
  readonly #work: Work
  readonly #concurrency: number
  readonly #measure: Measure
  /** Over all phases: it makes the keys. */
  #number = 0

  constructor(work: Work, concurrency: number, measure: Measure) {
    this.#work = work
    this.#concurrency = concurrency
    this.#measure = measure
  }

  async run({ count, durationMs }: Phase, bar: Progress): Promise<void> {
    const begin = Date.now()
    let issued = 0
    const show = () => {
      if (Number.isFinite(count)) bar.update(issued, count)
      else bar.update(Math.round((Date.now() - begin) / 1000), Math.round(durationMs / 1000))
    }
    const worker = async () => {
      while (issued < count && Date.now() < begin + durationMs && !this.#work.stop.stopped) {
        issued += 1
        await this.#one()
        if (issued % 100 === 0) show()
      }
    }
    show()
    await Promise.all(Array.from({ length: this.#concurrency }, worker))
    show()
  }

  async #one(): Promise<void> {
    const number = this.#number
    this.#number += 1
    const begin = performance.now()
    const sent = await actOnce(this.#work, number)
    if (sent !== null) this.#measure.add(sent, performance.now() - begin)
  }
}
