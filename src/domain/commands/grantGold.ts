import { playerAggregate } from "../aggregates.js"
import { accept, command } from "../command.js"
import { makeEvent, REASON_MAX } from "../events.js"
import { GRANT_MAX, gold, playerId, visibleText } from "../kinds.js"
import { cannotGet } from "./goodsGiven.js"
import { playerNotFound } from "./players.js"

export const grantGold = command({
  name: "grantGold",
  description: "For operators only, once authentication is on.",
  input: { playerId, amount: gold(1, GRANT_MAX), reason: visibleText(REASON_MAX) },
  aggregates: input => [playerAggregate(input.playerId)],
  decide({ playerId: id, amount, reason }, states) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    return cannotGet(player, 0, amount) ?? accept(makeEvent("GoldGranted", { player: id, amount, reason }))
  },
})
