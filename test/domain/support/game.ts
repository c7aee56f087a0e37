import { type Aggregate, guildAggregate, playerAggregate } from "../../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../../src/domain/catalogue.js"
import type { Decision } from "../../../src/domain/command.js"
import { type CommandName, commandType, commandTypes } from "../../../src/domain/commands.js"
import { changedBy, type GameEvent } from "../../../src/domain/events.js"
import type { GuildState } from "../../../src/domain/guild.js"
import { parseInput } from "../../../src/domain/input.js"
import type { Values } from "../../../src/domain/kinds.js"
import type { PlayerState } from "../../../src/domain/player.js"
import { evolve, type State } from "../../../src/domain/states.js"

export type InputOf<N extends CommandName> = Values<(typeof commandTypes)[N]["input"]>

/** A command to be decided: its name and its input, not yet checked. */
export interface GameCommand {
  readonly name: CommandName
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * The game's rules without a log: states, decisions on them, and the events' effect. It throws where the
 * rules break their own promises: a decide that looks beyond its command's aggregates, an event that does not
 * fold.
 */
export class Game {
  readonly #states = new Map<Aggregate, State>()
  #offset = 0

  player(id: string): PlayerState | null {
    return this.#state(playerAggregate(id)) as PlayerState | null
  }

  guild(id: string): GuildState | null {
    return this.#state(guildAggregate(id)) as GuildState | null
  }

  get players(): readonly PlayerState[] {
    return this.#all("player") as PlayerState[]
  }

  get guilds(): readonly GuildState[] {
    return this.#all("guild") as GuildState[]
  }

  /** The id of the event that happens next: as if each had its own commit, from offset 1. */
  get nextId(): string {
    return `${this.#offset + 1}-0`
  }

  happened(event: GameEvent, id = this.nextId): void {
    this.#offset += 1
    for (const aggregate of changedBy(event)) {
      const after = evolve(aggregate, this.#state(aggregate), event, id)
      if (after === undefined) throw new Error(`${event.type} does not follow the state of ${aggregate}`)
      this.#states.set(aggregate, after)
    }
  }

  decide({ name, input }: GameCommand): Decision {
    const type = commandType(name)
    const parsed = parseInput(type.input, input)
    if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.problems)}`)
    const named = type.aggregates(parsed.value)
    const look = (aggregate: Aggregate): State => {
      if (!named.includes(aggregate)) throw new Error(`${name} looks at ${aggregate}, which it does not name`)
      return this.#state(aggregate)
    }
    const decision = type.decide(
      parsed.value,
      {
        player: id => look(playerAggregate(id)) as PlayerState | null,
        guild: id => look(guildAggregate(id)) as GuildState | null,
      },
      builtInCatalogue,
    )
    for (const event of "events" in decision ? decision.events : []) assertNamed(name, event, named)
    return decision
  }

  /** Decides, and applies the events: those of one commit if its offset is given. */
  perform(command: GameCommand, offset: number | null = null): Decision {
    const decision = this.decide(command)
    if ("refusal" in decision) return decision
    for (const [i, event] of decision.events.entries()) {
      this.happened(event, offset === null ? undefined : `${offset}-${i}`)
    }
    return decision
  }

  #state(aggregate: Aggregate): State {
    return this.#states.get(aggregate) ?? null
  }

  #all(kind: string): State[] {
    const some = [...this.#states].filter(([name, state]) => name.startsWith(`${kind}/`) && state !== null)
    return some.map(([, state]) => state)
  }
}

function assertNamed(name: string, event: GameEvent, named: readonly Aggregate[]): void {
  const unnamed = changedBy(event).filter(aggregate => !named.includes(aggregate))
  if (unnamed.length > 0) throw new Error(`${name}: ${event.type} changes ${unnamed}, which it does not name`)
}
