import { playerAggregate } from "../aggregates.js"
import type { Catalogue } from "../catalogue.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { catalogueType, described, playerId } from "../kinds.js"
import type { PlayerState } from "../player.js"
import { cannotGet } from "./goodsGiven.js"
import { playerNotFound } from "./players.js"

/** This much health counts as much as one of a sword's power. */
export const HEALTH_PER_POWER = 10

export const fightMonster = command({
  name: "fightMonster",
  description:
    `The player's might is the power of its strongest sword plus a ${HEALTH_PER_POWER}th of its health, rounded down. The ` +
    "player wins if that is at least the monster's strength. A victory brings the monster's gold and costs half its " +
    "strength in health, rounded up; a defeat costs its whole strength in health. Health never falls below 0; at 0 a " +
    "fight is refused (TOO_WEAK).",
  input: { playerId, monster: described("A monster type of the catalogue.", catalogueType) },
  aggregates: input => [playerAggregate(input.playerId)],
  decide({ playerId: id, monster: type }, states, catalogue) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    const monster = catalogue.monster(type)
    if (monster === undefined) return refuse("UNKNOWN_MONSTER", `the catalogue has no monster ${type}`)
    if (player.health === 0) return refuse("TOO_WEAK", `${id} has 0 health; a rest helps`)
    const { strength } = monster
    const won = mightOf(player, catalogue) >= strength
    const goldWon = won ? monster.gold : 0
    const refusal = cannotGet(player, 0, goldWon)
    if (refusal !== null) return refusal
    const healthLost = Math.min(player.health, won ? Math.ceil(strength / 2) : strength)
    return accept(makeEvent("MonsterFought", { player: id, monster: type, won, goldWon, healthLost }))
  },
})

/** A sword that has left the catalogue has no power. */
function mightOf({ swords, health }: PlayerState, catalogue: Catalogue): number {
  const powers = Object.keys(swords).map(type => catalogue.sword(type)?.power ?? 0)
  return Math.max(0, ...powers) + Math.floor(health / HEALTH_PER_POWER)
}
