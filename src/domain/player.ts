import type { EventOf, GameEvent } from "./events.js"
import type { Goods, SwordPrice } from "./goods.js"
import { exchanged, type Holdings, withPrice, withSword } from "./holdings.js"
import { GOLD_MAX, HEALTH_MAX } from "./kinds.js"
import { type OpenTrades, withoutTrade, withTrade } from "./openTrades.js"

/** What is true of one player. */
export interface PlayerState extends Holdings {
  readonly id: string
  /** Personal; null once erased. */
  readonly name: string | null
  readonly region: string
  /** 0 to 100 */
  readonly health: number
  readonly guild: string | null
  /** The open trades that it has offered, by id. */
  readonly trades: OpenTrades
  /** The open trades that were offered to it, by id. */
  readonly offers: OpenTrades
  /** How many monsters it has beaten. */
  readonly monstersBeaten: number
}

/**
 * The player after an event that changes it. Undefined if the event cannot follow this state: its commit does
 * not fold and freezes its aggregates (R13). No event that this build decides does that.
 */
export function evolvePlayer(
  player: PlayerState | null,
  event: GameEvent,
  id: string,
): PlayerState | undefined {
  if (event.type === "PlayerRegistered") return player === null ? registered(event) : undefined
  if (player === null) return undefined
  switch (event.type) {
    case "GoldGranted":
      return withGold(player, player.gold + event.data.amount)
    case "SwordBought":
      return bought(player, event.data)
    case "SwordSold":
      return sold(player, event.data)
    case "MonsterFought":
      return fought(player, event.data)
    case "PlayerRested":
      return withHealth(player, player.health + event.data.healthGained)
    case "GiftGiven":
      return given(player, event.data)
    case "TradeOffered":
      return offered(player, event.data, id)
    case "TradeMade":
      return traded(player, event.data)
    case "TradeWithdrawn":
      return withdrawn(player, event.data)
    case "GuildFounded":
    case "GuildJoined":
      return player.guild === null ? { ...player, guild: event.data.guild } : undefined
    case "GuildLeft":
      return player.guild === event.data.guild ? { ...player, guild: null } : undefined
    case "GuildDissolved":
      return player
  }
}

function registered({ data, personal }: EventOf<"PlayerRegistered">): PlayerState {
  const { player: id, region, gold, health } = data
  return {
    id,
    name: personal?.name ?? null,
    region,
    gold,
    health,
    swords: {},
    swordPrices: {},
    guild: null,
    trades: {},
    offers: {},
    monstersBeaten: 0,
  }
}

/**
 * Written out because every purchase runs this several times, and spreading the player takes several times as
 * long.
 */
function holding(
  player: PlayerState,
  gold: number,
  { swords, swordPrices }: Omit<Holdings, "gold">,
): PlayerState {
  const { id, name, region, health, guild, trades, offers, monstersBeaten } = player
  return { id, name, region, gold, health, swords, swordPrices, guild, trades, offers, monstersBeaten }
}

function withGold(
  player: PlayerState,
  gold: number,
  swords: Omit<Holdings, "gold"> = player,
): PlayerState | undefined {
  return gold < 0 || gold > GOLD_MAX ? undefined : holding(player, gold, swords)
}

function bought(player: PlayerState, { swordType, price }: EventOf<"SwordBought">["data"]) {
  return withGold(player, player.gold - price, {
    swords: withSword(player.swords, swordType),
    swordPrices: withPrice(player.swordPrices, swordType, price),
  })
}

function sold(player: PlayerState, { swordType, price }: EventOf<"SwordSold">["data"]) {
  const left = exchanged(player, swordGoods(swordType), NOTHING, [])
  return left && withGold(player, player.gold + price, left)
}

function fought(player: PlayerState, { won, goldWon, healthLost }: EventOf<"MonsterFought">["data"]) {
  const after = withHealth(player, player.health - healthLost)
  return (
    after && withGold({ ...after, monstersBeaten: after.monstersBeaten + Number(won) }, player.gold + goldWon)
  )
}

function withHealth(player: PlayerState, health: number): PlayerState | undefined {
  return health < 0 || health > Math.max(HEALTH_MAX, player.health) ? undefined : { ...player, health }
}

const NOTHING: Goods = { gold: 0, swords: [] }

function swordGoods(swordType: string): Goods {
  return { gold: 0, swords: [{ swordType, count: 1 }] }
}

function given(player: PlayerState, data: EventOf<"GiftGiven">["data"]): PlayerState | undefined {
  const { player: giver, to, gold, swordType, swordPrice } = data
  if (giver === to || (gold === null) === (swordType === null)) return undefined
  const gift = swordType === null ? { gold: gold ?? 0, swords: [] } : swordGoods(swordType)
  const prices = swordType === null || swordPrice === null ? [] : [{ swordType, price: swordPrice }]
  const gives = player.id === giver
  return withExchange(player, gives ? gift : NOTHING, gives ? NOTHING : gift, prices)
}

function offered(
  player: PlayerState,
  { player: from, to, gives, wants }: EventOf<"TradeOffered">["data"],
  id: string,
): PlayerState | undefined {
  if (from === to) return undefined
  if (player.id === from) {
    const trades = withTrade(player.trades, id, { player: to, gives, wants })
    return trades && { ...player, trades }
  }
  const offers = withTrade(player.offers, id, { player: from, gives, wants })
  return offers && { ...player, offers }
}

function traded(player: PlayerState, data: EventOf<"TradeMade">["data"]): PlayerState | undefined {
  const { player: acceptor, from, trade, gives, wants, prices } = data
  const after = withoutOpen(player, { from, to: acceptor, trade })
  if (after === undefined) return undefined
  return player.id === from
    ? withExchange(after, gives, wants, prices)
    : withExchange(after, wants, gives, prices)
}

function withdrawn(player: PlayerState, data: EventOf<"TradeWithdrawn">["data"]): PlayerState | undefined {
  const { player: acting, from, to } = data
  return acting === from || acting === to ? withoutOpen(player, data) : undefined
}

function withoutOpen(
  player: PlayerState,
  { from, to, trade }: { readonly from: string; readonly to: string; readonly trade: string },
): PlayerState | undefined {
  if (from === to) return undefined
  if (player.id === from) {
    const trades = withoutTrade(player.trades, trade, to)
    return trades && { ...player, trades }
  }
  const offers = withoutTrade(player.offers, trade, from)
  return offers && { ...player, offers }
}

function withExchange(
  player: PlayerState,
  gives: Goods,
  gets: Goods,
  prices: readonly SwordPrice[],
): PlayerState | undefined {
  const after = exchanged(player, gives, gets, prices)
  return after && holding(player, after.gold, after)
}
