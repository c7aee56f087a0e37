import { type Aggregate, parseAggregate } from "./aggregates.js"
import type { GameEvent } from "./events.js"
import { evolveGuild, type GuildState } from "./guild.js"
import { evolvePlayer, type PlayerState } from "./player.js"

/** The state of an aggregate; null if it does not exist. */
export type State = PlayerState | GuildState | null

/** What a decision may look at: only the aggregates that its command names. */
export interface States {
  player(id: string): PlayerState | null
  guild(id: string): GuildState | null
}

/**
 * The state of one aggregate after one event that changes it; undefined if the event cannot follow the state.
 * `id` is the event's: `<offset>-<index>`, or a provisional one while its offset is not known.
 */
export function evolve(aggregate: Aggregate, state: State, event: GameEvent, id: string): State | undefined {
  const kind = parseAggregate(aggregate)?.kind
  if (kind === "player") return evolvePlayer(state as PlayerState | null, event, id)
  if (kind === "guild") return evolveGuild(state as GuildState | null, event)
  return undefined
}
