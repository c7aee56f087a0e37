import { type EventOf, makeEvent } from "../../src/domain/events.js"
import type { Goods } from "../../src/domain/goods.js"

/** Events as sentences: `registered("alice")`, `bought("alice", "katana", 150)`. */

export function registered(
  player: string,
  { gold = 1000, region = "eu-west", name = `Name of ${player}` } = {},
) {
  return makeEvent("PlayerRegistered", { player, region, gold, health: 100 }, { name })
}

export function granted(player: string, amount: number) {
  return makeEvent("GoldGranted", { player, amount, reason: "for the test" })
}

export function bought(player: string, swordType: string, price: number, guild: string | null = null) {
  return makeEvent("SwordBought", { player, swordType, price, region: "eu-west", guild })
}

export function sold(player: string, swordType: string, price: number) {
  return makeEvent("SwordSold", { player, swordType, price })
}

/** Won if there was gold to win. */
export function fought(player: string, monster: string, { goldWon = 0, healthLost = 0 } = {}) {
  return makeEvent("MonsterFought", { player, monster, won: goldWon > 0, goldWon, healthLost })
}

export function rested(player: string, healthGained: number) {
  return makeEvent("PlayerRested", { player, healthGained })
}

export function gaveGold(player: string, to: string, gold: number) {
  return makeEvent("GiftGiven", { player, to, gold, swordType: null, swordPrice: null })
}

export function gaveSword(player: string, to: string, swordType: string, swordPrice: number) {
  return makeEvent("GiftGiven", { player, to, gold: null, swordType, swordPrice })
}

/** `goods(5, { katana: 2 })` */
export function goods(gold: number, swords: Readonly<Record<string, number>> = {}): Goods {
  const counts = Object.entries(swords).map(([swordType, count]) => ({ swordType, count }))
  return { gold, swords: counts.sort((one, other) => (one.swordType < other.swordType ? -1 : 1)) }
}

export function offered(player: string, to: string, gives: Goods, wants: Goods) {
  return makeEvent("TradeOffered", { player, to, gives, wants })
}

/** `prices` by sword type. */
export function tradeMade(
  player: string,
  from: string,
  trade: string,
  { gives, wants }: { readonly gives: Goods; readonly wants: Goods },
  prices: Readonly<Record<string, number>> = {},
) {
  const sorted = Object.entries(prices).map(([swordType, price]) => ({ swordType, price }))
  sorted.sort((one, other) => (one.swordType < other.swordType ? -1 : 1))
  return makeEvent("TradeMade", { player, from, trade, gives, wants, prices: sorted })
}

export function tradeWithdrawn(
  player: string,
  { from, to, trade, gives, wants }: Omit<EventOf<"TradeWithdrawn">["data"], "player">,
) {
  return makeEvent("TradeWithdrawn", { player, from, to, trade, gives, wants })
}

export function founded(player: string, guild: string, { name = guild, capacity = 50 } = {}) {
  return makeEvent("GuildFounded", { player, guild, name, capacity })
}

export function joined(player: string, guild: string) {
  return makeEvent("GuildJoined", { player, guild })
}

export function left(player: string, guild: string) {
  return makeEvent("GuildLeft", { player, guild })
}

export function dissolved(player: string, guild: string) {
  return makeEvent("GuildDissolved", { player, guild })
}
