import { type Decision, refuse } from "../command.js"

/** The first refusal of every command but registerPlayer: an unknown player never gets an event. */
export function playerNotFound(id: string): Decision {
  return refuse("PLAYER_NOT_FOUND", `there is no player ${id}`)
}
