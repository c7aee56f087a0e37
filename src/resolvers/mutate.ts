import type { GraphQLResolveInfo } from "graphql"
import type { CommandResult } from "../commands/pendingCommand.js"
import { parseAggregate } from "../domain/aggregates.js"
import type { CommandName } from "../domain/commands.js"
import type { GuildState } from "../domain/guild.js"
import type { PlayerState } from "../domain/player.js"
import type { Context } from "./context.js"
import type { Known } from "./loaders.js"
import { positionText } from "./position.js"
import { Guild } from "./types/guild.js"
import type { MutationAnswer } from "./types/payloads.js"
import { Player } from "./types/player.js"

interface Keyed {
  readonly idempotencyKey: string | null | undefined
}

/** The result of a command, as payloads need it. */
export interface Mutated extends Known {
  readonly outcome: CommandResult
  readonly verdict: MutationAnswer
}

/** Executes a command for a mutation field. Throws what `Commands.execute` throws. */
export async function mutate<I extends Keyed>(
  { game, loaders, idempotencyKeys }: Context,
  info: GraphQLResolveInfo,
  name: CommandName,
  { idempotencyKey, ...input }: I,
): Promise<Mutated> {
  const newKey = typeof idempotencyKey === "string" ? null : game.newId()
  // Returned even with a fault: after OUTCOME_UNKNOWN the client retries with this key.
  if (newKey !== null) idempotencyKeys[String(info.path.key)] = newKey
  const outcome = await game.commands.execute({ name, input, idempotencyKey, newKey })
  const known = knownBy(outcome)
  loaders.renew(known)
  const { refusal, replayed } = outcome
  const position = positionText(game.tail.genesis.logId, outcome.position)
  return { ...known, outcome, verdict: { refusal, replayed, position } }
}

/** The command's aggregates as of now. */
function knownBy({ states, versions }: CommandResult): Known {
  const players = new Map<string, Player | null>()
  const guilds = new Map<string, Guild | null>()
  for (const [aggregate, state] of states) {
    const name = parseAggregate(aggregate)
    if (name?.kind === "guild") guilds.set(name.id, state && new Guild(state as GuildState))
    if (name?.kind !== "player") continue
    players.set(name.id, state && new Player(state as PlayerState, versions.get(aggregate) ?? 0))
  }
  return { players, guilds }
}
