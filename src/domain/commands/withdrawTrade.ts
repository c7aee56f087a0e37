import { playerAggregate } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { described, playerId, tradeId } from "../kinds.js"
import { openTrade } from "../openTrades.js"
import { playerNotFound } from "./players.js"

export const withdrawTrade = command({
  name: "withdrawTrade",
  description: "By the player who offered the trade, or by the one to whom it was offered, who declines it.",
  input: {
    playerId,
    otherPlayerId: described(`The trade's other player. ${playerId.limits}`, playerId),
    tradeId: described("The trade's id, as `offerTrade` answered it.", tradeId),
  },
  aggregates: input => [playerAggregate(input.playerId), playerAggregate(input.otherPlayerId)],
  decide({ playerId: id, otherPlayerId: other, tradeId: trade }, states) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    const offered = openTrade(player.trades, trade, other)
    const open = offered ?? openTrade(player.offers, trade, other)
    const theirs = states.player(other)?.[offered === undefined ? "trades" : "offers"] ?? {}
    if (open === undefined || openTrade(theirs, trade, id) === undefined) {
      return refuse("TRADE_NOT_FOUND", `${id} and ${other} have no open trade ${trade}`)
    }
    const [from, to] = offered === undefined ? [other, id] : [id, other]
    const { gives, wants } = open
    return accept(makeEvent("TradeWithdrawn", { player: id, from, to, trade, gives, wants }))
  },
})
