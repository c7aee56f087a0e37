import { playerAggregate } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { countOf, priceOf } from "../holdings.js"
import { catalogueType, described, playerId } from "../kinds.js"
import { cannotGet } from "./goodsGiven.js"
import { playerNotFound } from "./players.js"

export const sellSword = command({
  name: "sellSword",
  description:
    "At half the catalogue's price, rounded down. A sword that the catalogue no longer lists is sold at half the price " +
    "that it was bought for.",
  input: { playerId, swordType: described("A type of sword that the player owns.", catalogueType) },
  aggregates: input => [playerAggregate(input.playerId)],
  decide({ playerId: id, swordType }, states, catalogue) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    const full = catalogue.sword(swordType)?.price ?? priceOf(player, swordType)
    if (full === undefined) {
      return refuse("UNKNOWN_SWORD", `neither the catalogue nor ${id} has a sword ${swordType}`)
    }
    if (countOf(player, swordType) === 0) return refuse("SWORD_NOT_OWNED", `${id} has no ${swordType}`)
    const price = Math.floor(full / 2)
    return cannotGet(player, 0, price) ?? accept(makeEvent("SwordSold", { player: id, swordType, price }))
  },
})
