import { slug } from "../domain/aggregates.js"
import type { Catalogue } from "../domain/catalogue.js"
import { byType, type Goods } from "../domain/goods.js"
import { CAPACITY_MAX } from "../domain/kinds.js"
import type { Account } from "./account.js"
import type { LoadCommand } from "./command.js"
import type { Ledger } from "./ledger.js"
import { type LoadAction, REGIONS } from "./mix.js"
import type { LoadTrade } from "./move.js"
import { anyOf } from "./random.js"

const GRANT = 10_000

/** The most gold of a gift, and of one side of a trade. */
const GOODS_GOLD_MAX = 1000

/** The most swords of one type on one side of a trade. */
const SWORDS_MAX = 3

/** What a command is made from. */
export interface Making {
  readonly ledger: Ledger
  readonly catalogue: Catalogue
  readonly random: () => number
  /** The number of the command in its run. */
  readonly number: number
  readonly key: string
}

/** The command of an action for this player, if the action makes sense for it now; otherwise a purchase. */
export function commandOf(action: LoadAction, account: Account, making: Making): LoadCommand {
  return wanted(action, account, making) ?? buy(account, making)
}

function wanted(action: LoadAction, account: Account, making: Making): LoadCommand | null {
  const { ledger, random, key } = making
  switch (action) {
    case "buySword":
      return null
    case "grantGold":
      return grant(account, GRANT, key)
    case "sellSword":
      return sell(account, making)
    case "fightMonster":
      return account.healthBusy ? null : fight(account, making)
    case "rest":
      return account.healthBusy ? null : simple("rest", account, key)
    case "gift":
      return gift(account, making)
    case "offerTrade":
      return offer(account, making)
    case "acceptTrade":
      return answer("acceptTrade", account, idle([...account.offers.values()], making), key)
    case "withdrawTrade": {
      const open = [...account.trades.values(), ...account.offers.values()]
      return answer("withdrawTrade", account, idle(open, making), key)
    }
    case "leaveGuild":
      if (account.guildBusy || account.guild === null) return null
      return ofGuild("leaveGuild", account, account.guild, key)
    case "foundGuild":
    case "joinGuild": {
      if (account.guildBusy || account.guild !== null) return null
      const guild = action === "joinGuild" ? anyOf([...ledger.guilds], random) : undefined
      return guild === undefined ? found(account, key) : ofGuild("joinGuild", account, guild, key)
    }
  }
}

function buy({ id }: Account, { catalogue, random, number, key }: Making): LoadCommand {
  const { type = "", price = 0 } = anyOf(catalogue.swords, random) ?? {}
  const region = REGIONS[number % REGIONS.length] ?? ""
  const input = { playerId: id, swordType: type, region }
  return { name: "buySword", player: id, input, key, gold: price, guild: null }
}

export function grant({ id }: Account, amount: number, key: string): LoadCommand {
  const input = { playerId: id, amount, reason: "load" }
  return { name: "grantGold", player: id, input, key, gold: amount, guild: null }
}

/** Sells what the catalogue lists: of anything else, the load does not know the price. */
function sell(account: Account, { catalogue, random, key }: Making): LoadCommand | null {
  const swordType = anyOf(ownedBy(account, catalogue), random)
  if (swordType === undefined) return null
  const gold = Math.floor((catalogue.sword(swordType)?.price ?? 0) / 2)
  return { ...simple("sellSword", account, key), input: { playerId: account.id, swordType }, gold }
}

function fight(account: Account, { catalogue, random, key }: Making): LoadCommand | null {
  const monster = anyOf(catalogue.monsters, random)
  if (monster === undefined) return null
  const input = { playerId: account.id, monster: monster.type }
  return { ...simple("fightMonster", account, key), input, gold: monster.gold }
}

function gift(account: Account, making: Making): LoadCommand | null {
  const { catalogue, random, key } = making
  const other = another(account, making)
  if (other === undefined) return null
  const swordType = random() < 0.5 ? anyOf(ownedBy(account, catalogue), random) : undefined
  const goods = swordType === undefined ? { gold: goldAmount(random) } : { swordType }
  const input = { fromPlayerId: account.id, toPlayerId: other.id, ...goods }
  return { ...simple("gift", account, key), other: other.id, input }
}

function offer(account: Account, making: Making): LoadCommand | null {
  const other = another(account, making)
  if (other === undefined) return null
  const [gives, wants] = [goodsOf(account, making), goodsOf(other, making)]
  const input = { playerId: account.id, toPlayerId: other.id, gives, wants }
  return { ...simple("offerTrade", account, making.key), other: other.id, input }
}

/** Some gold, and up to two types of swords that the player owns. */
function goodsOf(account: Account, { catalogue, random }: Making): Goods {
  const owned = ownedBy(account, catalogue)
  const types = new Set([anyOf(owned, random), anyOf(owned, random)].filter(type => type !== undefined))
  const swords = [...types].map(swordType => ({ swordType, count: 1 + Math.floor(random() * SWORDS_MAX) }))
  return { gold: goldAmount(random), swords: swords.sort(byType) }
}

function answer(
  name: "acceptTrade" | "withdrawTrade",
  account: Account,
  trade: LoadTrade | undefined,
  key: string,
): LoadCommand | null {
  if (trade === undefined) return null
  const other = trade.from === account.id ? trade.to : trade.from
  const place = name === "acceptTrade" ? { fromPlayerId: other } : { otherPlayerId: other }
  const input = { playerId: account.id, ...place, tradeId: trade.id }
  return { ...simple(name, account, key), other, input, trade }
}

/** One that no other command is about, and whose players are both of this run. */
function idle(trades: readonly LoadTrade[], { ledger, random }: Making): LoadTrade | undefined {
  const free = trades.filter(({ id, from, to }) => {
    return !ledger.busyTrades.has(id) && [from, to].every(player => ledger.account(player) !== undefined)
  })
  return anyOf(free, random)
}

/** A founder's guild is named after it. */
export function found(account: Account, key: string): LoadCommand {
  const guild = slug(account.id)
  const input = { founderId: account.id, name: guild, capacity: CAPACITY_MAX }
  return { ...simple("foundGuild", account, key), input, guild }
}

function ofGuild(
  name: "joinGuild" | "leaveGuild",
  account: Account,
  guild: string,
  key: string,
): LoadCommand {
  return { ...simple(name, account, key), input: { playerId: account.id, guildId: guild }, guild }
}

function simple(name: LoadCommand["name"], { id }: Account, key: string): LoadCommand {
  return { name, player: id, input: { playerId: id }, key, gold: 0, guild: null }
}

function another(account: Account, { ledger, random }: Making): Account | undefined {
  const other = anyOf(ledger.accounts, random)
  return other === account ? undefined : other
}

/** The types that it owns once everything is answered, and that the catalogue lists. */
function ownedBy(account: Account, catalogue: Catalogue): string[] {
  const owned = [...account.state.swords].filter(([, count]) => count > 0).map(([type]) => type)
  return owned.filter(type => catalogue.sword(type) !== undefined)
}

function goldAmount(random: () => number): number {
  return 1 + Math.floor(random() * GOODS_GOLD_MAX)
}
