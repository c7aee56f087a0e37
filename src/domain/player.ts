import type { GameEvent } from "./events.js"
import { GOLD_MAX } from "./kinds.js"

/** What is true of one player. Gold is in whole coins, from 0 to 2^53 - 1. */
export interface PlayerState {
  readonly id: string
  /** Personal; null once erased. */
  readonly name: string | null
  readonly region: string
  readonly gold: number
  readonly health: number
  /** Sword type to count; no entry with count 0. */
  readonly swords: Readonly<Record<string, number>>
  readonly guild: string | null
}

/**
 * The player after an event that changes it. Undefined if the event cannot follow this state: its commit does
 * not fold and freezes its aggregates (R13). No event that this build decides does that.
 */
export function evolvePlayer(player: PlayerState | null, event: GameEvent): PlayerState | undefined {
  if (event.type === "PlayerRegistered") return player === null ? registered(event) : undefined
  if (player === null) return undefined
  switch (event.type) {
    case "GoldGranted":
      return withGold(player, player.gold + event.data.amount)
    case "SwordBought":
      return withGold(player, player.gold - event.data.price, withSword(player.swords, event.data.swordType))
    case "GuildFounded":
    case "GuildJoined":
      return player.guild === null ? { ...player, guild: event.data.guild } : undefined
    case "GuildLeft":
      return player.guild === event.data.guild ? { ...player, guild: null } : undefined
    case "GuildDissolved":
      return player
  }
}

function registered({ data, personal }: Extract<GameEvent, { type: "PlayerRegistered" }>): PlayerState {
  const { player: id, region, gold, health } = data
  return { id, name: personal?.name ?? null, region, gold, health, swords: {}, guild: null }
}

/**
 * Written out because every purchase runs this several times, and spreading both objects takes several times
 * as long.
 */
function withGold(player: PlayerState, gold: number, swords = player.swords): PlayerState | undefined {
  if (gold < 0 || gold > GOLD_MAX) return undefined
  const { id, name, region, health, guild } = player
  return { id, name, region, gold, health, swords, guild }
}

function withSword(swords: PlayerState["swords"], type: string): PlayerState["swords"] {
  const changed: Record<string, number> = { ...swords }
  // Own entries only: a sword may be called constructor.
  changed[type] = (Object.hasOwn(changed, type) ? (changed[type] ?? 0) : 0) + 1
  return changed
}
