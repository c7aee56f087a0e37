import type { RecordedEvent } from "../commands/pendingCommand.js"
import type { Catalogue, CatalogueMonster } from "../domain/catalogue.js"
import type { Goods } from "../domain/goods.js"
import type { OpenTrades } from "../domain/openTrades.js"
import type { Prefix } from "../history/asOf.js"
import { swordOf } from "./swordOf.js"
import type { Fight } from "./types/fight.js"
import type { Gift } from "./types/gift.js"
import type { GoodsType } from "./types/goods.js"
import type { Trade } from "./types/trade.js"

/** The event as a fight; null if it is another type of event. */
export function fightOf(catalogue: Catalogue, { id, event }: RecordedEvent): Fight | null {
  if (event.type !== "MonsterFought") return null
  const { monster, won, goldWon, healthLost } = event.data
  return { id, monster: monsterOf(catalogue, monster), won, goldWon, healthLost }
}

/** A monster that has left the catalogue: only its type is known. */
function monsterOf(catalogue: Catalogue, type: string): CatalogueMonster {
  return catalogue.monster(type) ?? { type, name: type, strength: 0, gold: 0 }
}

/** The event as a gift; null if it is another type of event. */
export function giftOf(catalogue: Catalogue, { id, event, at }: RecordedEvent): Gift | null {
  if (event.type !== "GiftGiven") return null
  const { gold, swordType } = event.data
  return { id, gold, sword: swordType === null ? null : swordOf(catalogue, swordType), givenAt: new Date(at) }
}

/** The trade that the event has offered, made or withdrawn; null if it is another type of event. */
export function tradeOf(catalogue: Catalogue, { id, event }: RecordedEvent): Trade | null {
  if (event.type !== "TradeOffered" && event.type !== "TradeMade" && event.type !== "TradeWithdrawn")
    return null
  const { gives, wants } = event.data
  const rest = { gives: goodsOf(catalogue, gives), wants: goodsOf(catalogue, wants), prefix: null }
  switch (event.type) {
    case "TradeOffered":
      return { ...rest, id, fromId: event.data.player, toId: event.data.to, state: "OPEN" }
    case "TradeMade":
      return {
        ...rest,
        id: event.data.trade,
        fromId: event.data.from,
        toId: event.data.player,
        state: "MADE",
      }
    case "TradeWithdrawn":
      return {
        ...rest,
        id: event.data.trade,
        fromId: event.data.from,
        toId: event.data.to,
        state: "WITHDRAWN",
      }
  }
}

/** The open trades of a player, the oldest first; `playersOf` says which of the two players offered them. */
export function openTradesOf(
  catalogue: Catalogue,
  trades: OpenTrades,
  prefix: Prefix | null,
  playersOf: (other: string) => Pick<Trade, "fromId" | "toId">,
): Trade[] {
  return Object.entries(trades).map(([id, { player, gives, wants }]) => ({
    ...playersOf(player),
    ...{ id, prefix, state: "OPEN" },
    gives: goodsOf(catalogue, gives),
    wants: goodsOf(catalogue, wants),
  }))
}

function goodsOf(catalogue: Catalogue, { gold, swords }: Goods): GoodsType {
  return {
    gold,
    swords: swords.map(({ swordType, count }) => ({ sword: swordOf(catalogue, swordType), count })),
  }
}
