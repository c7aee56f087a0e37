import { playerAggregate } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { byType, type Goods, type SwordPrice } from "../goods.js"
import { type Holdings, priceOf } from "../holdings.js"
import { described, playerId, tradeId } from "../kinds.js"
import { openTrade } from "../openTrades.js"
import { cannotGet, cannotGive } from "./goodsGiven.js"
import { playerNotFound } from "./players.js"

export const acceptTrade = command({
  name: "acceptTrade",
  description: "Everything changes hands at once, or nothing does: both players must own what they give.",
  input: {
    playerId: described(`The player to whom the trade was offered. ${playerId.limits}`, playerId),
    fromPlayerId: described(`The player who offered it. ${playerId.limits}`, playerId),
    tradeId: described("The trade's id, as `offerTrade` answered it.", tradeId),
  },
  aggregates: input => [playerAggregate(input.playerId), playerAggregate(input.fromPlayerId)],
  places: 2,
  decide({ playerId: id, fromPlayerId: from, tradeId: trade }, states) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    const other = states.player(from)
    const open = openTrade(player.offers, trade, from)
    if (other === null || open === undefined || openTrade(other.trades, trade, id) === undefined) {
      return refuse("TRADE_NOT_FOUND", `${from} has no open trade ${trade} with ${id}`)
    }
    const { gives, wants } = open
    const refusal =
      cannotGive(player, wants) ??
      cannotGet(player, wants.gold, gives.gold) ??
      cannotGive(other, gives) ??
      cannotGet(other, gives.gold, wants.gold)
    if (refusal !== null) return refusal
    const prices = pricesOf([other, gives], [player, wants])
    return accept(makeEvent("TradeMade", { player: id, from, trade, gives, wants, prices }))
  },
})

/** For each type that changes hands, the lowest of the prices of those who give it. */
function pricesOf(...sides: readonly (readonly [Holdings, Goods])[]): SwordPrice[] {
  const prices = new Map<string, number>()
  for (const [owner, { swords }] of sides) {
    for (const { swordType } of swords) {
      const price = priceOf(owner, swordType) ?? 0
      prices.set(swordType, Math.min(price, prices.get(swordType) ?? price))
    }
  }
  return [...prices].map(([swordType, price]) => ({ swordType, price })).sort(byType)
}
