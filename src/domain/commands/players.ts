import { type Decision, refuse } from "../command.js"
import { GOLD_MAX } from "../kinds.js"
import type { PlayerState } from "../player.js"

/** The first refusal of every command but registerPlayer: an unknown player never gets an event. */
export function playerNotFound(id: string): Decision {
  return refuse("PLAYER_NOT_FOUND", `there is no player ${id}`)
}

export function samePlayer(id: string): Decision {
  return refuse("SAME_PLAYER", `${id} is on both sides`)
}

export function tooMuchGold({ id, gold }: PlayerState, more: number): Decision {
  return refuse("GOLD_LIMIT", `${id} has ${gold} gold; ${more} more would pass ${GOLD_MAX}`)
}
