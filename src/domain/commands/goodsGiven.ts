import { type Decision, refuse } from "../command.js"
import type { Goods } from "../goods.js"
import { countOf } from "../holdings.js"
import { GOLD_MAX } from "../kinds.js"
import type { PlayerState } from "../player.js"
import { tooMuchGold } from "./players.js"

/** Why a player cannot give goods; null if it can. */
export function cannotGive(player: PlayerState, { gold, swords }: Goods): Decision | null {
  const { id } = player
  if (player.gold < gold) {
    return refuse("NOT_ENOUGH_GOLD", `${id} has ${player.gold} gold, not the ${gold} to give`)
  }
  for (const { swordType, count } of swords) {
    const owned = countOf(player, swordType)
    if (owned >= count) continue
    return refuse("SWORD_NOT_OWNED", `${id} has ${owned} of ${swordType}, not the ${count} to give`)
  }
  return null
}

/** Why a player cannot get gold for the gold that it gives; null if it can. */
export function cannotGet(player: PlayerState, gives: number, gets: number): Decision | null {
  // In this order, each step is exact.
  return player.gold - gives > GOLD_MAX - gets ? tooMuchGold(player, gets - gives) : null
}
