import { playerAggregate } from "../aggregates.js"
import { accept, command, type Decision, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { type Goods, goods } from "../goods.js"
import { described, playerId } from "../kinds.js"
import type { OpenTrades } from "../openTrades.js"
import { cannotGive } from "./goodsGiven.js"
import { playerNotFound, samePlayer } from "./players.js"

/** At most this many open trades that a player has offered, and as many that were offered to it. */
export const OPEN_TRADES_MAX = 20

export const offerTrade = command({
  name: "offerTrade",
  description:
    "The player must own what it gives when it offers it, but nothing is held back: acceptTrade checks again. Swords " +
    "that it wants must be in the catalogue. One side may be empty, not both. A player can have at most " +
    `${OPEN_TRADES_MAX} open trades that it offered, and ${OPEN_TRADES_MAX} that were offered to it.`,
  input: {
    playerId,
    toPlayerId: playerId,
    gives: described("What the player gives.", goods),
    wants: described("What the player wants for that.", goods),
  },
  aggregates: input => [playerAggregate(input.playerId), playerAggregate(input.toPlayerId)],
  check({ gives, wants }) {
    if (!isNothing(gives) || !isNothing(wants)) return null
    return { field: "gives", expected: "gold or swords on at least one side of the trade" }
  },
  decide({ playerId: id, toPlayerId: to, gives, wants }, states, catalogue) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    if (id === to) return samePlayer(id)
    const unknown = wants.swords.find(({ swordType }) => catalogue.sword(swordType) === undefined)
    if (unknown !== undefined) {
      return refuse("UNKNOWN_SWORD", `the catalogue has no sword ${unknown.swordType}`)
    }
    const missing = cannotGive(player, gives)
    if (missing !== null) return missing
    if (isFull(player.trades)) return tooMany(id, "has offered")
    const other = states.player(to)
    if (other === null) return playerNotFound(to)
    if (isFull(other.offers)) return tooMany(to, "was offered")
    return accept(makeEvent("TradeOffered", { player: id, to, gives, wants }))
  },
})

function isNothing({ gold, swords }: Goods): boolean {
  return gold === 0 && swords.length === 0
}

function isFull(trades: OpenTrades): boolean {
  return Object.keys(trades).length >= OPEN_TRADES_MAX
}

function tooMany(id: string, what: string): Decision {
  return refuse("TRADE_LIMIT", `${id} ${what} ${OPEN_TRADES_MAX} trades that are still open`)
}
