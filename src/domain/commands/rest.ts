import { playerAggregate } from "../aggregates.js"
import { accept, command } from "../command.js"
import { makeEvent } from "../events.js"
import { HEALTH_MAX, playerId } from "../kinds.js"
import { playerNotFound } from "./players.js"

/** The health that one rest gives at most. */
export const REST_HEALTH = 20

export const rest = command({
  name: "rest",
  description: `Gives ${REST_HEALTH} health, up to ${HEALTH_MAX}.`,
  input: { playerId },
  aggregates: input => [playerAggregate(input.playerId)],
  decide({ playerId: id }, states) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    const healthGained = Math.max(0, Math.min(REST_HEALTH, HEALTH_MAX - player.health))
    return accept(makeEvent("PlayerRested", { player: id, healthGained }))
  },
})
