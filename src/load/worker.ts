import type { GraphqlClient } from "../client/graphqlClient.js"
import { slug } from "../domain/aggregates.js"
import type { Catalogue, CatalogueSword } from "../domain/catalogue.js"
import { UserError } from "../lib/userError.js"
import type { LoadCommand } from "./command.js"
import { inParallel } from "./inParallel.js"
import type { Account, Ledger } from "./ledger.js"
import { type LoadAction, type Mix, pick, REGIONS } from "./mix.js"
import { type Performing, perform } from "./perform.js"
import type { Sent } from "./sender.js"
import type { Stop } from "./stop.js"
import { readPlayer } from "./world.js"

/** Gold for every player at the start, enough for purchases to succeed. */
const GRANT_FIRST = 1_000_000_000
const GRANT = 10_000

/** Guilds that players join, founded at the start. */
const GUILDS = 20

/** The largest that a guild may be. */
const CAPACITY = 500

export interface Work extends Performing {
  /** The client of the first server, from which existing players are read. */
  readonly client: GraphqlClient
  readonly mix: Mix
  /** The servers' catalogue. */
  readonly catalogue: Catalogue
  readonly random: () => number
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

/** Performs one command of the mix, by a random player; `number` makes its key. Null if it was given up. */
export async function actOnce(work: Work, number: number): Promise<Sent | null> {
  const { ledger, mix, random } = work
  const account = ledger.accounts[Math.floor(random() * ledger.accounts.length)]
  if (account === undefined) return null
  const action = possible(pick(mix, random()), account, ledger)
  return perform(work, account, commandOf(action, account, work, number))
}

/** The action, if it makes sense for this player now; otherwise one that does, mostly to buy a sword. */
function possible(action: LoadAction, account: Account, { guilds }: Ledger): LoadAction {
  if (action === "buySword" || action === "grantGold") return action
  if (account.guildBusy) return "buySword"
  if (action === "leaveGuild") return account.guild === null ? "buySword" : action
  if (account.guild !== null) return "buySword"
  return action === "joinGuild" && guilds.size === 0 ? "foundGuild" : action
}

function commandOf(action: LoadAction, account: Account, work: Work, number: number): LoadCommand {
  const { ledger, catalogue, random, runId } = work
  const key = `${runId}-${number}`
  switch (action) {
    case "grantGold":
      return grant(account, GRANT, key)
    case "foundGuild":
      return found(account, key)
    case "joinGuild":
      return join(account, anyOf([...ledger.guilds], random) ?? "", key)
    case "leaveGuild":
      return leave(account, account.guild ?? "", key)
    case "buySword":
      return buy(account, anyOf(catalogue.swords, random), REGIONS[number % REGIONS.length] ?? "", key)
  }
}

function buy({ id }: Account, sword: CatalogueSword | undefined, region: string, key: string): LoadCommand {
  const { type = "", price = 0 } = sword ?? {}
  const input = { playerId: id, swordType: type, region }
  return { name: "buySword", player: id, input, key, gold: price, guild: null }
}

function grant({ id }: Account, amount: number, key: string): LoadCommand {
  const input = { playerId: id, amount, reason: "load" }
  return { name: "grantGold", player: id, input, key, gold: amount, guild: null }
}

/** A founder's guild is named after it. */
function found({ id }: Account, key: string): LoadCommand {
  const guild = slug(id)
  const input = { founderId: id, name: guild, capacity: CAPACITY }
  return { name: "foundGuild", player: id, input, key, gold: 0, guild }
}

function join({ id }: Account, guild: string, key: string): LoadCommand {
  return {
    name: "joinGuild",
    player: id,
    input: { playerId: id, guildId: guild },
    key,
    gold: 0,
    guild,
  }
}

function leave(account: Account, guild: string, key: string): LoadCommand {
  return { ...join(account, guild, key), name: "leaveGuild" }
}

function anyOf<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)]
}
