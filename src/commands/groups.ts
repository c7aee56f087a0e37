import { type Aggregate, guildAggregate, playerAggregate } from "../domain/aggregates.js"
import type { Decision } from "../domain/command.js"
import { changedBy, type GameEvent } from "../domain/events.js"
import type { GuildState } from "../domain/guild.js"
import type { PlayerState } from "../domain/player.js"
import { evolve, type State } from "../domain/states.js"
import type { Lane } from "./lane.js"
import type { Pending } from "./pending.js"

/** At most this many commands in one commit (R18). */
export const COMMIT_COMMANDS_MAX = 64

/** Commands that share aggregates, directly or by others: they go into one commit. */
export interface Group {
  readonly lanes: ReadonlyMap<Aggregate, Lane>
  readonly commands: readonly DecidedCommand[]
}

export interface DecidedCommand {
  readonly pending: Pending
  readonly events: readonly GameEvent[]
}

class OpenGroup implements Group {
  readonly lanes = new Map<Aggregate, Lane>()
  readonly commands: DecidedCommand[] = []
  readonly ids = new Set<string>()
  /** The states after the commands so far, of the aggregates that these change. */
  readonly states = new Map<Aggregate, State>()
}

/** What one round has decided so far. */
export class Groups {
  readonly #groups = new Set<OpenGroup>()
  readonly #byLane = new Map<Lane, OpenGroup>()

  all(): Iterable<Group> {
    return this.#groups
  }

  /** Whether an earlier command of this round holds one of these lanes. */
  hold(lanes: readonly Lane[]): boolean {
    return lanes.some(lane => this.#byLane.has(lane))
  }

  /**
   * Whether a command can be decided in this round. Not where the commit would be too long, nor where the same key is
   * in it already: then it waits for that one's verdict.
   */
  admit(pending: Pending, lanes: readonly Lane[]): boolean {
    const groups = this.#of(lanes)
    const commands = groups.reduce((sum, group) => sum + group.commands.length, 0)
    return commands < COMMIT_COMMANDS_MAX && !groups.some(({ ids }) => ids.has(pending.command.id))
  }

  /** Decides on what is known: the lanes' documents, and what this round has made of them. */
  decide({ command }: Pending, lanes: readonly Lane[]): Decision {
    const state = (aggregate: Aggregate): State => {
      const lane = lanes.find(one => one.aggregate === aggregate)
      if (lane === undefined) throw new Error(`${aggregate} is no aggregate of ${command.type.name}`)
      return stateOf(lane, this.#byLane.get(lane))
    }
    return command.type.decide(command.input, {
      player: id => state(playerAggregate(id)) as PlayerState | null,
      guild: id => state(guildAggregate(id)) as GuildState | null,
    })
  }

  /** Puts a decided command into the one group of all its lanes, which it merges or makes. */
  join(pending: Pending, events: readonly GameEvent[], lanes: readonly Lane[]): void {
    const [group = new OpenGroup(), ...others] = this.#of(lanes)
    for (const other of others) this.#merge(group, other)
    for (const lane of lanes) this.#add(group, lane)
    this.#groups.add(group)
    group.commands.push({ pending, events })
    group.ids.add(pending.command.id)
    for (const event of events) evolveIn(group, event)
  }

  #of(lanes: readonly Lane[]): OpenGroup[] {
    const groups = lanes.map(lane => this.#byLane.get(lane)).filter(group => group !== undefined)
    return [...new Set(groups)]
  }

  #merge(into: OpenGroup, from: OpenGroup): void {
    this.#groups.delete(from)
    for (const lane of from.lanes.values()) this.#add(into, lane)
    into.commands.push(...from.commands)
    for (const id of from.ids) into.ids.add(id)
    for (const [aggregate, state] of from.states) into.states.set(aggregate, state)
  }

  #add(group: OpenGroup, lane: Lane): void {
    this.#byLane.set(lane, group)
    group.lanes.set(lane.aggregate, lane)
  }
}

function stateOf({ aggregate, document }: Lane, group: OpenGroup | undefined): State {
  if (document === null) throw new Error(`${aggregate} was not loaded`)
  const changed = group?.states.get(aggregate)
  return changed === undefined ? document.state : changed
}

function evolveIn(group: OpenGroup, event: GameEvent): void {
  for (const aggregate of changedBy(event)) {
    const lane = group.lanes.get(aggregate)
    if (lane === undefined)
      throw new Error(`${event.type} changes ${aggregate}, which its command does not name`)
    const after = evolve(aggregate, stateOf(lane, group), event)
    if (after === undefined)
      throw new Error(`${event.type} cannot follow the state of ${aggregate} it was decided on`)
    group.states.set(aggregate, after)
  }
}
