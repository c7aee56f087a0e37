import { playerAggregate } from "../aggregates.js"
import { accept, command } from "../command.js"
import { makeEvent, REASON_MAX } from "../events.js"
import { GOLD_MAX, GRANT_MAX, gold, playerId, visibleText } from "../kinds.js"
import { playerNotFound, tooMuchGold } from "./players.js"

export const grantGold = command({
  name: "grantGold",
  description: "For operators only, once authentication is on.",
  input: { playerId, amount: gold(1, GRANT_MAX), reason: visibleText(REASON_MAX) },
  aggregates: input => [playerAggregate(input.playerId)],
  decide({ playerId: id, amount, reason }, states) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    if (player.gold > GOLD_MAX - amount) return tooMuchGold(player, amount)
    return accept(makeEvent("GoldGranted", { player: id, amount, reason }))
  },
})
