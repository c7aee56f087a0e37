import type { GraphQLResolveInfo } from "graphql"
import type { CommandResult } from "../commands/pendingCommand.js"
import { parseAggregate } from "../domain/aggregates.js"
import type { CommandName } from "../domain/commands.js"
import type { GuildState } from "../domain/guild.js"
import type { PlayerState } from "../domain/player.js"
import type { Context } from "./context.js"
import type { Known } from "./loaders.js"
import { positionText } from "./position.js"
import { purchaseOf } from "./purchaseOf.js"
import { Guild } from "./types/guild.js"
import type { Mutated } from "./types/payloads.js"
import { Player } from "./types/player.js"

/** A command's input as GraphQL has read it: of the right types, not checked any further. */
export type MutationInput = Readonly<Record<string, unknown>> & {
  readonly idempotencyKey?: string | null
}

/** Executes a command for a mutation field. Throws what `Commands.execute` throws. */
export async function mutate(
  { game, loaders, idempotencyKeys }: Context,
  info: GraphQLResolveInfo,
  name: CommandName,
  { idempotencyKey, ...input }: MutationInput,
): Promise<Mutated> {
  const newKey = typeof idempotencyKey === "string" ? null : game.newId()
  // Returned even with a fault: after OUTCOME_UNKNOWN the client retries with this key.
  if (newKey !== null) idempotencyKeys[String(info.path.key)] = newKey
  const outcome = await game.commands.execute({ name, input, idempotencyKey, newKey })
  const known = knownBy(outcome)
  loaders.renew(known)
  const { refusal, replayed, events } = outcome
  const position = positionText(game.tail.genesis.logId, outcome.position)
  const purchase = events.map(purchaseOf).find(bought => bought !== null) ?? null
  return { refusal, replayed, position, purchase, player: first(known.players), guild: first(known.guilds) }
}

/** The acting player comes first among a command's aggregates. */
function first<T>(known: ReadonlyMap<string, T | null>): T | null {
  const [value = null] = known.values()
  return value
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
