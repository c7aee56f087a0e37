import type { PlayerState } from "../../src/domain/player.js"

/** A player who owns nothing but gold, except for what is given. */
export function playerState(id: string, more: Partial<PlayerState> = {}): PlayerState {
  return {
    id,
    name: `Name of ${id}`,
    region: "eu-west",
    gold: 100,
    health: 100,
    swords: {},
    swordPrices: {},
    guild: null,
    trades: {},
    offers: {},
    monstersBeaten: 0,
    ...more,
  }
}
