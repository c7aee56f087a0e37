import type { GraphQLResolveInfo } from "graphql"
import type { CommandResult, RecordedEvent } from "../commands/pendingCommand.js"
import { parseAggregate } from "../domain/aggregates.js"
import type { CommandName } from "../domain/commands.js"
import type { GuildState } from "../domain/guild.js"
import type { PlayerState } from "../domain/player.js"
import type { Context } from "./context.js"
import type { Known } from "./loaders.js"
import { fightOf, giftOf, tradeOf } from "./marketOf.js"
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
  const { catalogue } = game
  const [player = null, other = null] = known.players.values()
  const [guild = null] = known.guilds.values()
  return {
    refusal,
    replayed,
    position: positionText(game.tail.genesis.logId, outcome.position),
    purchase: firstOf(events, purchaseOf),
    fight: firstOf(events, event => fightOf(catalogue, event)),
    gift: firstOf(events, event => giftOf(catalogue, event)),
    trade: firstOf(events, event => tradeOf(catalogue, event)),
    player,
    other,
    guild,
  }
}

function firstOf<T>(events: readonly RecordedEvent[], read: (event: RecordedEvent) => T | null): T | null {
  for (const event of events) {
    const made = read(event)
    if (made !== null) return made
  }
  return null
}

/** The command's aggregates as of now; the acting player comes first. */
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
