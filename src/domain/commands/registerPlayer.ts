import { playerAggregate } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { personal, playerId, region, visibleText } from "../kinds.js"

/**
 * What a new player starts with. It is recorded in the event, so changing it does not change existing players.
 */
export const START_GOLD = 1000
export const START_HEALTH = 100

export const registerPlayer = command({
  name: "registerPlayer",
  description: `Starts with ${START_GOLD} gold and ${START_HEALTH} health.`,
  input: { playerId, name: personal(visibleText(64)), region },
  aggregates: input => [playerAggregate(input.playerId)],
  decide({ playerId: player, name, region }, states) {
    if (states.player(player) !== null)
      return refuse("PLAYER_EXISTS", `player ${player} is registered already`)
    const data = { player, region, gold: START_GOLD, health: START_HEALTH }
    return accept(makeEvent("PlayerRegistered", data, { name }))
  },
})
