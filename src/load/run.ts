import { randomBytes } from "node:crypto"
import type { Progress } from "../lib/progress.js"
import { UserError } from "../lib/userError.js"
import type { LoadClients } from "./clients.js"
import { Journal, readJournal } from "./journal.js"
import { Ledger } from "./ledger.js"
import type { RunOptions } from "./options.js"
import { settleDoubts } from "./perform.js"
import { runMeasured } from "./phases.js"
import { seededRandom } from "./random.js"
import { type LoadResult, resultOf } from "./result.js"
import { MutationSender } from "./sender.js"
import { sharesOf } from "./shares.js"
import type { Stop } from "./stop.js"
import { Audience, type AudienceOptions } from "./subscribers/audience.js"
import { verify } from "./verify.js"
import { WeightedChoice } from "./weightedChoice.js"
import { prepare, type Work } from "./worker.js"
import { readCatalogue } from "./world.js"

/** Between the seeds of two processes; a prime, so that seeds next to each other do not meet. */
const SEED_STEP = 1_000_003

/** What a run needs from the process it runs in. */
export interface RunParts {
  readonly clients: LoadClients
  readonly stop: Stop
  readonly progress: Progress
  /** Awaited once the players are there, before the first command that counts. */
  readonly whenReady?: () => Promise<void>
}

/** Compares the journal of an earlier run with what the servers say. Throws UserError for a bad journal. */
export async function verifyJournal(
  path: string,
  { concurrency, within }: Pick<RunOptions, "concurrency" | "within">,
  { clients, stop }: Pick<RunParts, "clients" | "stop">,
): Promise<LoadResult> {
  const ledger = await readJournal(path)
  const sender = new MutationSender(clients.mutating, { withinMs: within, stop })
  const performing = { ledger, sender, journal: new Journal(null) }
  const differences = await verify(performing, clients.reading, concurrency)
  return resultOf({ run: null, ledger, audience: null, differences })
}

/**
 * Loads servers with a weighted mix of mutations on many players, in a closed or an open loop. Everything is
 * retried with the same key until the answer is definite, and every answer is checked.
 */
export async function runLoad(options: RunOptions, parts: RunParts): Promise<LoadResult> {
  const { clients, stop, progress, whenReady } = parts
  const [client] = clients.reading
  if (client === undefined) throw new Error("no server to send to")
  const { mix, concurrency } = options
  const sender = new MutationSender(clients.mutating, { withinMs: options.within, stop })
  const runId = options.runId ?? newRunId()
  const { ids, choice, random } = playersOf(options)
  const ledger = new Ledger(ids)
  const catalogue = await readCatalogue(clients.reading)
  const journal = new Journal(options.journal ?? null)
  const swordTypes = catalogue.swords.map(({ type }) => type)
  if (swordTypes.length === 0) throw new UserError("the servers sell no swords: the load needs some")
  const audience = newAudience(options, clients, { ledger, swordTypes })
  const preparing = { ledger, sender, journal, client, mix, catalogue, random, choice, runId, stop }
  // Its subscribers have not received what was done before they listened.
  const work = { ...preparing, witness: audience }
  try {
    await prepare(preparing, concurrency)
    if (options.subscribers > 0) await begin(audience, preparing, concurrency)
    await whenReady?.()
    const measured = await runMeasured(work, options, progress)
    if (options.subscribers > 0) await finish(audience, work, concurrency)
    const differences = options.verify ? await verify(work, clients.reading, concurrency) : null
    return resultOf({ run: { id: runId, measured }, ledger, audience, differences })
  } finally {
    audience.close()
    await journal.close()
  }
}

export function newRunId(): string {
  return `l${randomBytes(4).toString("hex")}`
}

/** The players of this process, how it chooses among them, and its chance: that of another one differs. */
function playersOf({ players, zipf, prefix, seed, process = { index: 0, of: 1 } }: RunOptions) {
  const share = sharesOf(players, zipf, process.of)[process.index]
  if (share === undefined) throw new Error("a process without players")
  const ids = share.players.map(player => `${prefix}-${seed}-p${player}`)
  return {
    ids,
    choice: new WeightedChoice(share.weights),
    random: seededRandom(seed + process.index * SEED_STEP),
  }
}

function newAudience(
  { subscribers, within }: RunOptions,
  { reading }: LoadClients,
  world: Pick<AudienceOptions, "ledger" | "swordTypes">,
) {
  const urls = reading.map(({ url }) => url)
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
