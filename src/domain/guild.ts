import type { GameEvent } from "./events.js"

/** What is true of one guild. It has at most `capacity` members, and always at least one. */
export interface GuildState {
  readonly id: string
  readonly name: string
  readonly capacity: number
  readonly founder: string
  /** Player ids, sorted. */
  readonly members: readonly string[]
}

/**
 * The guild after an event that changes it (null once dissolved). Undefined if the event cannot follow this
 * state: its commit does not fold (R13).
 */
export function evolveGuild(guild: GuildState | null, event: GameEvent): GuildState | null | undefined {
  if (event.type === "GuildFounded") return guild === null ? founded(event) : undefined
  if (guild === null) return undefined
  switch (event.type) {
    case "GuildJoined":
      return joined(guild, event.data.player)
    case "GuildLeft":
      return left(guild, event.data.player)
    case "GuildDissolved":
      return guild.members.length === 0 ? null : undefined
    default:
      return undefined
  }
}

function founded({ data }: Extract<GameEvent, { type: "GuildFounded" }>): GuildState {
  const { guild: id, name, capacity, player } = data
  return { id, name, capacity, founder: player, members: [player] }
}

function joined(guild: GuildState, player: string): GuildState | undefined {
  if (guild.members.length >= guild.capacity || guild.members.includes(player)) return undefined
  return { ...guild, members: [...guild.members, player].sort() }
}

function left(guild: GuildState, player: string): GuildState | undefined {
  if (!guild.members.includes(player)) return undefined
  return { ...guild, members: guild.members.filter(member => member !== player) }
}
