import { type CheckedCommand, type CommandRequest, checkRequest } from "../../src/commands/request.js"
import { type Aggregate, guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import type { Decision } from "../../src/domain/command.js"
import { changedBy, type GameEvent } from "../../src/domain/events.js"
import type { GuildState } from "../../src/domain/guild.js"
import type { PlayerState } from "../../src/domain/player.js"
import { evolve, type State } from "../../src/domain/states.js"
import type { Model } from "./model.js"

const checked = new WeakMap<CommandRequest, CheckedCommand>()

/** A request as every process understands it. */
export function understood(request: CommandRequest): CheckedCommand {
  const known = checked.get(request)
  if (known !== undefined) return known
  const command = checkRequest(request, () => {
    throw new Error("the simulation's clients always choose their keys")
  })
  checked.set(request, command)
  return command
}

/** The states before an offset, as changed since by commands of the same commit. */
export class StatesAt {
  readonly #model: Model
  readonly #offset: number
  readonly #changed = new Map<Aggregate, State>()
  #applied = 0

  constructor(model: Model, offset: number) {
    this.#model = model
    this.#offset = offset
  }

  state(aggregate: Aggregate): State {
    const changed = this.#changed.get(aggregate)
    return changed === undefined ? this.#model.at(aggregate, this.#offset).state : changed
  }

  decide({ type, input }: CheckedCommand): Decision {
    return type.decide(
      input,
      {
        player: id => this.state(playerAggregate(id)) as PlayerState | null,
        guild: id => this.state(guildAggregate(id)) as GuildState | null,
      },
      builtInCatalogue,
    )
  }

  apply(event: GameEvent): void {
    this.#applied += 1
    for (const aggregate of changedBy(event)) {
      const after = evolve(aggregate, this.state(aggregate), event, `new-${this.#applied}`)
      if (after !== undefined) this.#changed.set(aggregate, after)
    }
  }
}

/** Equality of plain data, whatever the order of its fields. */
export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

export function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
