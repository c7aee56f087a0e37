import type { GraphqlAsker } from "../client/graphqlClient.js"
import { slug } from "../domain/aggregates.js"
import type { Catalogue } from "../domain/catalogue.js"
import { UserError } from "../lib/userError.js"
import type { Account } from "./account.js"
import { commandOf, found, grant } from "./actions.js"
import { inParallel } from "./inParallel.js"
import { type Mix, pick } from "./mix.js"
import { type Performing, perform } from "./perform.js"
import type { Sent } from "./sender.js"
import type { Stop } from "./stop.js"
import type { WeightedChoice } from "./weightedChoice.js"
import { readPlayer } from "./world.js"

/** Gold for every player at the start, enough for purchases to succeed. */
const GRANT_FIRST = 1_000_000_000

/** Guilds that players join, founded at the start. */
const GUILDS = 20

export interface Work extends Performing {
  /** The client of the first server, from which existing players are read. */
  readonly client: GraphqlAsker
  readonly mix: Mix
  /** The servers' catalogue. */
  readonly catalogue: Catalogue
  readonly random: () => number
  /** Of the ledger's accounts, the one that acts next. */
  readonly choice: WeightedChoice
  /** Prefix of every key of the run. */
  readonly runId: string
  readonly stop: Stop
}

/**
 * Registers the players or takes them as they are, gives them gold, and founds the guilds, `concurrency` at a
 * time. It may be repeated under another run id. Throws if a server does not answer: without players there is
 * no load.
 */
export async function prepare(work: Work, concurrency: number): Promise<void> {
  const { ledger, stop } = work
  await inParallel(ledger.accounts, concurrency, async (account, i) => {
    if (stop.stopped) return
    await enrol(work, account, i)
    await perform(work, account, grant(account, GRANT_FIRST, `${work.runId}-g`))
  })
  const founders = ledger.accounts.slice(0, GUILDS).filter(({ guild }) => guild === null)
  await inParallel(founders, concurrency, async account => {
    if (stop.stopped) return
    const command = found(account, `${work.runId}-f`)
    const sent = await perform(work, account, command)
    // Founded in an earlier run, by a founder who has left it since.
    if (sent?.payload.refusal?.code === "GUILD_EXISTS") ledger.guilds.add(slug(account.id))
  })
}

async function enrol(work: Work, account: Account, index: number): Promise<void> {
  const sent = await perform(work, account, {
    name: "registerPlayer",
    player: account.id,
    input: { playerId: account.id, name: `Load ${index}`, region: "load" },
    key: `${work.runId}-r`,
    gold: 0,
    guild: null,
  })
  if (sent === null) {
    const reason = work.ledger.reasons.at(-1) ?? "no answer"
    throw new UserError(`${account.id} could not be registered: ${reason}`)
  }
  const { refusal, position } = sent.payload
  const found = refusal === null ? null : await readPlayer(work.client, account.id, position)
  if (found !== null) work.ledger.startFrom(account.id, found)
  await work.journal.start(account.id, account.state)
}

/** Performs one command of the mix, by a player that is chosen; `number` makes its key. Null if it was given up. */
export async function actOnce(work: Work, number: number): Promise<Sent | null> {
  const { ledger, mix, random, choice, runId } = work
  const account = ledger.accounts[choice.pick(random())]
  if (account === undefined) return null
  const command = commandOf(pick(mix, random()), account, { ...work, number, key: `${runId}-${number}` })
  return perform(work, account, command)
}
