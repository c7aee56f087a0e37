import { playerAggregate } from "../aggregates.js"
import { accept, command } from "../command.js"
import { makeEvent } from "../events.js"
import { priceOf } from "../holdings.js"
import { catalogueType, described, GOLD_MAX, gold, optional, playerId } from "../kinds.js"
import { cannotGet, cannotGive } from "./goodsGiven.js"
import { playerNotFound, samePlayer } from "./players.js"

export const gift = command({
  name: "gift",
  description: "Gives gold or a sword: exactly one of gold and swordType must be set.",
  input: {
    fromPlayerId: described(`The giver, who acts. ${playerId.limits}`, playerId),
    toPlayerId: described(`The receiver. ${playerId.limits}`, playerId),
    gold: optional(gold(1, GOLD_MAX)),
    swordType: optional(
      described("A type of sword that the giver owns; one of them is given.", catalogueType),
    ),
  },
  aggregates: input => [playerAggregate(input.fromPlayerId), playerAggregate(input.toPlayerId)],
  check({ gold, swordType }) {
    if ((gold === null) !== (swordType === null)) return null
    const both = gold !== null
    return { field: "gold", expected: `exactly one of gold and swordType, not ${both ? "both" : "neither"}` }
  },
  decide({ fromPlayerId, toPlayerId, gold, swordType }, states) {
    const giver = states.player(fromPlayerId)
    if (giver === null) return playerNotFound(fromPlayerId)
    if (fromPlayerId === toPlayerId) return samePlayer(fromPlayerId)
    const swords = swordType === null ? [] : [{ swordType, count: 1 }]
    const missing = cannotGive(giver, { gold: gold ?? 0, swords })
    if (missing !== null) return missing
    const receiver = states.player(toPlayerId)
    if (receiver === null) return playerNotFound(toPlayerId)
    const swordPrice = swordType === null ? null : (priceOf(giver, swordType) ?? 0)
    const event = makeEvent("GiftGiven", {
      player: fromPlayerId,
      to: toPlayerId,
      gold,
      swordType,
      swordPrice,
    })
    return cannotGet(receiver, 0, gold ?? 0) ?? accept(event)
  },
})
