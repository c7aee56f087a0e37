import { playerAggregate } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { catalogueType, described, optional, playerId, region } from "../kinds.js"
import { playerNotFound } from "./players.js"

export const buySword = command({
  name: "buySword",
  description: "At the catalogue's price.",
  input: {
    playerId,
    swordType: described("A sword type of the catalogue.", catalogueType),
    region: described(
      `Where the purchase happens, ${region.limits}; by default the player's region.`,
      optional(region),
    ),
  },
  aggregates: input => [playerAggregate(input.playerId)],
  decide({ playerId: id, swordType, region }, states, catalogue) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    const sword = catalogue.sword(swordType)
    if (sword === undefined) return refuse("UNKNOWN_SWORD", `the catalogue has no sword ${swordType}`)
    const { price } = sword
    if (player.gold < price) {
      return refuse("NOT_ENOUGH_GOLD", `${id} has ${player.gold} gold; ${swordType} costs ${price}`)
    }
    const where = region ?? player.region
    return accept(
      makeEvent("SwordBought", { player: id, swordType, price, region: where, guild: player.guild }),
    )
  },
})
