import type { Goods } from "../domain/goods.js"
import { giftOf, type LoadCommand, type PromisedEffect } from "./command.js"
import { goldGoods, type Move, NOTHING, swordGoods } from "./move.js"

/** The most that a command may move, for each player that it changes. */
export function movesOf({ name, player, other = "", input, gold, trade }: LoadCommand): readonly Move[] {
  switch (name) {
    case "grantGold":
    case "fightMonster":
      return [{ player, gives: NOTHING, gets: goldGoods(gold) }]
    case "buySword":
      return [{ player, gives: goldGoods(gold), gets: swordGoods(String(input.swordType)) }]
    case "sellSword":
      return [{ player, gives: swordGoods(String(input.swordType)), gets: goldGoods(gold) }]
    case "gift":
      return given(player, other, giftOf(input))
    case "offerTrade":
      return offered(player, other, 1)
    case "acceptTrade":
      return trade === undefined ? [] : traded(player, other, trade.gives, trade.wants)
    case "withdrawTrade":
      return trade === undefined ? [] : offered(trade.from, trade.to, -1)
    default:
      return []
  }
}

/** What an effect has moved. */
export function movesOfEffect(effect: PromisedEffect): readonly Move[] {
  const { player } = effect
  switch (effect.kind) {
    case "grant":
      return [{ player, gives: NOTHING, gets: goldGoods(effect.amount) }]
    case "purchase":
      return [{ player, gives: goldGoods(effect.price), gets: swordGoods(effect.swordType) }]
    case "sale":
      return [{ player, gives: swordGoods(effect.swordType), gets: goldGoods(effect.price) }]
    case "fight":
      return [{ player, gives: NOTHING, gets: goldGoods(effect.gold) }]
    case "gift":
      return given(player, effect.other, effect.goods)
    case "offer":
      return offered(player, effect.other, 1)
    case "trade":
      return traded(player, effect.other, effect.gives, effect.wants)
    case "withdrawal":
      return offered(effect.from, effect.to, -1)
    default:
      return []
  }
}

function given(player: string, other: string, goods: Goods): Move[] {
  return [
    { player, gives: goods, gets: NOTHING },
    { player: other, gives: NOTHING, gets: goods },
  ]
}

function offered(from: string, to: string, count: 1 | -1): Move[] {
  return [
    { player: from, gives: NOTHING, gets: NOTHING, trades: count },
    { player: to, gives: NOTHING, gets: NOTHING, offers: count },
  ]
}

/** `gives` and `wants` are the offerer's, who is the other player. */
function traded(acceptor: string, from: string, gives: Goods, wants: Goods): Move[] {
  return [
    { player: acceptor, gives: wants, gets: gives, offers: -1 },
    { player: from, gives, gets: wants, trades: -1 },
  ]
}
