import { randomBytes } from "node:crypto"
import type { GraphqlClient } from "../client/graphqlClient.js"
import type { Progress } from "../lib/progress.js"
import { UserError } from "../lib/userError.js"
import { Journal, readJournal } from "./journal.js"
import { Ledger } from "./ledger.js"
import { type LoadReport, Measure } from "./measure.js"
import type { Mix } from "./mix.js"
import { settleDoubts } from "./perform.js"
import { seededRandom } from "./random.js"
import { MutationSender } from "./sender.js"
import type { Stop } from "./stop.js"
import { Audience, type AudienceOptions } from "./subscribers/audience.js"
import { verify } from "./verify.js"
import { actOnce, prepare, type Work } from "./worker.js"
import { readCatalogue } from "./world.js"

const DURATION_MS = 30_000

/** What to run; `docs/load.md` describes each. Times are in milliseconds. */
export interface RunOptions {
  readonly players: number
  readonly concurrency: number
  /** How many commands to send; with a duration, whichever limit comes first. The warm-up does not count. */
  readonly count?: number
  readonly duration?: number
  readonly warmUp: number
  /** How long one command is retried. */
  readonly within: number
  readonly seed: number
  readonly mix: Mix
  /** Prefix of the players' ids, with the seed. */
  readonly prefix: string
  readonly runId?: string
  /** How many subscribers listen during the load, at most SUBSCRIBERS_MAX. */
  readonly subscribers: number
  readonly verify: boolean
  readonly journal?: string
}

/** What a run needs from the process it runs in. */
export interface RunParts {
  /** Clients of the servers of one realm, at least one. */
  readonly clients: readonly GraphqlClient[]
  readonly stop: Stop
  readonly progress: Progress
}

/** The result of a run, or of verifying an earlier one. */
export interface LoadResult {
  /** Null if only a journal was verified. */
  readonly run: { readonly id: string; readonly report: LoadReport } | null
  readonly ledger: Ledger
  /** The subscribers; null if only a journal was verified. */
  readonly audience: Audience | null
  /** Null if verification was not requested. */
  readonly differences: readonly string[] | null
}

/** Whether nothing was wrong: every answer and notice right, every command answered, every promise kept. */
export function isGood({ ledger, audience, differences }: LoadResult): boolean {
  const settled = ledger.wrongCount === 0 && ledger.failed === 0 && ledger.inDoubt.length === 0
  return settled && (audience?.findings.total ?? 0) === 0 && (differences?.length ?? 0) === 0
}

/** Compares the journal of an earlier run with what the servers say. Throws UserError for a bad journal. */
export async function verifyJournal(
  path: string,
  { concurrency, within }: Pick<RunOptions, "concurrency" | "within">,
  { clients, stop }: Omit<RunParts, "progress">,
): Promise<LoadResult> {
  const ledger = await readJournal(path)
  const sender = new MutationSender(clients, { withinMs: within, stop })
  const differences = await verify({ ledger, sender, journal: new Journal(null) }, clients, concurrency)
  return { run: null, ledger, audience: null, differences }
}

/**
 * Loads servers with a weighted mix of mutations on many players in a closed loop: a fixed number is in
 * flight, and each answer lets the next one go. Everything is retried with the same key until the answer is
 * definite, and every answer is checked.
 */
export async function runLoad(
  options: RunOptions,
  { clients, stop, progress }: RunParts,
): Promise<LoadResult> {
  const [client] = clients
  if (client === undefined) throw new Error("no server to send to")
  const { mix, seed, prefix, concurrency } = options
  const sender = new MutationSender(clients, { withinMs: options.within, stop })
  const runId = options.runId ?? `l${randomBytes(4).toString("hex")}`
  const ids = Array.from({ length: options.players }, (_, i) => `${prefix}-${seed}-p${i}`)
  const ledger = new Ledger(ids)
  const catalogue = await readCatalogue(clients)
  const journal = new Journal(options.journal ?? null)
  const swordTypes = catalogue.swords.map(({ type }) => type)
  if (swordTypes.length === 0) throw new UserError("the servers sell no swords: the load needs some")
  const audience = newAudience(options, clients, { ledger, swordTypes })
  const random = seededRandom(seed)
  const preparing = { ledger, sender, journal, client, mix, catalogue, random, runId, stop }
  // Its subscribers have not received what was done before they listened.
  const work = { ...preparing, witness: audience }
  try {
    await prepare(preparing, concurrency)
    if (options.subscribers > 0) await begin(audience, preparing, concurrency)
    const report = await measured(work, options, progress)
    if (options.subscribers > 0) await finish(audience, work, concurrency)
    const differences = options.verify ? await verify(work, clients, concurrency) : null
    return { run: { id: runId, report }, ledger, audience, differences }
  } finally {
    audience.close()
    await journal.close()
  }
}

function newAudience(
  { subscribers, within }: RunOptions,
  clients: readonly GraphqlClient[],
  world: Pick<AudienceOptions, "ledger" | "swordTypes">,
) {
  const urls = clients.map(({ url }) => url)
  return new Audience({ ...world, count: subscribers, urls, withinMs: within })
}

/** Settles all doubts, then lets the subscribers listen. Throws UserError if either fails. */
async function begin(audience: Audience, work: Work, concurrency: number): Promise<void> {
  await settleDoubts(work, concurrency)
  const [command] = work.ledger.inDoubt
  if (command !== undefined) {
    throw new UserError(`${command.name} ${command.player}: still in doubt before anybody could listen`)
  }
  await audience.begin()
}

async function finish(audience: Audience, work: Work, concurrency: number): Promise<void> {
  await settleDoubts(work, concurrency)
  await audience.finish(work.stop)
  audience.close()
}

async function measured(
  work: Work & { readonly witness: Audience },
  options: RunOptions,
  progress: Progress,
): Promise<LoadReport> {
  const { warmUp, count = Number.POSITIVE_INFINITY } = options
  const forever = options.count === undefined ? DURATION_MS : Number.POSITIVE_INFINITY
  const measure = new Measure()
  const phases = new Phases(work, options.concurrency, measure)
  try {
    if (warmUp > 0) await phases.run({ count: Number.POSITIVE_INFINITY, durationMs: warmUp }, progress)
    measure.restart()
    work.sender.restart()
    work.witness.restart()
    await phases.run({ count, durationMs: options.duration ?? forever }, progress)
  } finally {
    progress.end()
  }
  return measure.report(work.sender.tries)
}

interface Phase {
  readonly count: number
  readonly durationMs: number
}

/** Runs the warm-up and the measured phase: each ends when everything it has sent is answered. */
class Phases {
  readonly #work: Work
  readonly #concurrency: number
  readonly #measure: Measure
  /** Counts the commands of all phases, to number their keys. */
  #number = 0

  constructor(work: Work, concurrency: number, measure: Measure) {
    this.#work = work
    this.#concurrency = concurrency
    this.#measure = measure
  }

  async run({ count, durationMs }: Phase, progress: Progress): Promise<void> {
    const begin = Date.now()
    let issued = 0
    const show = () => {
      if (Number.isFinite(count)) progress.update(issued, count)
      else progress.update(Math.round((Date.now() - begin) / 1000), Math.round(durationMs / 1000))
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
