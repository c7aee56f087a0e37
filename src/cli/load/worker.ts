import { findSword, swords } from "../../domain/catalogue.js"
import type { Account, Ledger } from "./ledger.js"
import { type Action, type Mix, pick } from "./mix.js"
import type { MutationName, Payload } from "./mutations.js"
import type { MutationSender, Sent } from "./sender.js"

/** So that purchases succeed. */
const GRANT_FIRST = 1_000_000_000
const GRANT = 10_000

/** Guilds that players join, founded at the start. */
const GUILDS = 20

export interface Work {
  readonly ledger: Ledger
  readonly sender: MutationSender
  readonly mix: Mix
  readonly random: () => number
  /** Begins every id and key of the run. */
  readonly runId: string
}

/** Registers the players, gives them gold, and founds the guilds, some at a time. */
export async function prepare(work: Work, concurrency: number): Promise<void> {
  const { ledger, sender, runId } = work
  await inParallel(ledger.accounts, concurrency, async (account, i) => {
    const input = { playerId: account.id, name: `Load ${i}`, region: "load" }
    check(work, account, "registerPlayer", await sender.send("registerPlayer", input, `${runId}-r`))
    await grant(work, account, GRANT_FIRST, `${runId}-g`)
  })
  const founders = ledger.accounts.slice(0, GUILDS)
  await inParallel(founders, concurrency, account => found(work, account, `${runId}-f`))
}

/** One command of the mix, by a random player. */
export async function actOnce(work: Work, number: number): Promise<Sent | null> {
  const { ledger, mix, random, runId } = work
  const account = ledger.accounts[Math.floor(random() * ledger.accounts.length)]
  if (account === undefined) return null
  const action = possible(pick(mix, random()), account, ledger)
  const key = `${runId}-${number}`
  if (action === "buySword") return buy(work, account, key)
  if (action === "grantGold") return grant(work, account, GRANT, key)
  account.guildBusy = true
  try {
    if (action === "foundGuild") return await found(work, account, key)
    return action === "joinGuild" ? await join(work, account, key) : await leave(work, account, key)
  } finally {
    account.guildBusy = false
  }
}

/** What of the mix makes sense for this player now; else it buys a sword. */
function possible(action: Action, account: Account, { guilds }: Ledger): Action {
  if (action === "buySword" || action === "grantGold") return action
  if (account.guildBusy) return "buySword"
  if (action === "leaveGuild") return account.guild === null ? "buySword" : action
  if (account.guild !== null) return "buySword"
  return action === "joinGuild" && guilds.size === 0 ? "foundGuild" : action
}

async function buy(work: Work, account: Account, key: string): Promise<Sent> {
  const sword = swords[Math.floor(work.random() * swords.length)]
  const sent = await work.sender.send("buySword", { playerId: account.id, swordType: sword?.type }, key)
  const { purchase } = sent.payload
  if (!check(work, account, "buySword", sent)) return sent
  if (!purchase) work.ledger.wrong(`buySword ${account.id}: no purchase in the answer`)
  else {
    const { type } = purchase.sword
    const price = findSword(type)?.price
    if (type !== sword?.type || purchase.price !== price) {
      work.ledger.wrong(
        `purchase ${purchase.id}: expected ${sword?.type} for ${sword?.price}, got ${type} for ${purchase.price}`,
      )
    }
    if (!work.ledger.addPurchase(purchase.id))
      work.ledger.wrong(`purchase ${purchase.id} was answered to two commands`)
    account.bought(type, purchase.price)
  }
  return sent
}

/** Gives gold; also the last word on a player, whose position lies after everything before. */
export async function grant(work: Work, account: Account, amount: number, key: string): Promise<Sent> {
  const sent = await work.sender.send("grantGold", { playerId: account.id, amount, reason: "load" }, key)
  if (check(work, account, "grantGold", sent)) account.gold += amount
  return sent
}

async function found(work: Work, account: Account, key: string): Promise<Sent> {
  const guild = `${work.runId}-${account.id}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
  const sent = await work.sender.send(
    "foundGuild",
    { founderId: account.id, name: guild, capacity: 500 },
    key,
  )
  if (check(work, account, "foundGuild", sent)) {
    account.guild = guild
    work.ledger.guilds.add(guild)
  }
  return sent
}

async function join(work: Work, account: Account, key: string): Promise<Sent> {
  const guilds = [...work.ledger.guilds]
  const guildId = guilds[Math.floor(work.random() * guilds.length)] ?? null
  const sent = await work.sender.send("joinGuild", { playerId: account.id, guildId }, key)
  if (check(work, account, "joinGuild", sent)) account.guild = guildId
  return sent
}

async function leave(work: Work, account: Account, key: string): Promise<Sent> {
  const sent = await work.sender.send("leaveGuild", { playerId: account.id, guildId: account.guild }, key)
  if (check(work, account, "leaveGuild", sent)) account.guild = null
  return sent
}

/** Whether it happened; notes what is wrong with the answer itself. */
function check({ ledger }: Work, account: Account, name: MutationName, { payload, tries }: Sent): boolean {
  if (payload.refusal !== null) return false
  if (playerOf(payload) !== account.id) ledger.wrong(`${name} ${account.id}: got player ${playerOf(payload)}`)
  if (payload.replayed && tries === 1) ledger.wrong(`${name} ${account.id}: replayed at the first try`)
  return true
}

function playerOf({ player }: Payload): string | null {
  return player?.id ?? null
}

/** Runs over all items with so many at a time. Throws the first error. */
export async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  each: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  const rest = items.entries()
  const worker = async () => {
    for (const [index, item] of rest) await each(item, index)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
}
