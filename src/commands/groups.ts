import { type Aggregate, guildAggregate, playerAggregate } from "../domain/aggregates.js"
import type { Decision } from "../domain/command.js"
import { changedBy, type GameEvent } from "../domain/events.js"
import type { GuildState } from "../domain/guild.js"
import type { PlayerState } from "../domain/player.js"
import { evolve, type State } from "../domain/states.js"
import type { AggregateQueue } from "./aggregateQueue.js"
import type { PendingCommand } from "./pendingCommand.js"

/** At most this many commands in one commit (R18). */
export const COMMIT_COMMANDS_MAX = 64

/** Commands that share aggregates, directly or through other commands: they go into one commit. */
export interface CommandGroup {
  readonly queues: ReadonlyMap<Aggregate, AggregateQueue>
  readonly commands: readonly DecidedCommand[]
}

interface DecidedCommand {
  readonly pending: PendingCommand
  readonly events: readonly GameEvent[]
}

class OpenGroup implements CommandGroup {
  readonly queues = new Map<Aggregate, AggregateQueue>()
  readonly commands: DecidedCommand[] = []
  readonly ids = new Set<string>()
  /** The aggregates that the commands so far have changed, as they left them. */
  readonly states = new Map<Aggregate, State>()
}

/** What one round of the scheduler has decided so far. */
export class CommandGroups {
  readonly #groups = new Set<OpenGroup>()
  readonly #byQueue = new Map<AggregateQueue, OpenGroup>()

  all(): Iterable<CommandGroup> {
    return this.#groups
  }

  /** Whether an earlier command of this round shares one of these queues. */
  share(queues: readonly AggregateQueue[]): boolean {
    return queues.some(queue => this.#byQueue.has(queue))
  }

  /**
   * Whether a command can be decided in this round. It cannot if the commit would become too long, or already
   * holds a command with the same key: then it waits for that commit's verdict.
   */
  admit(pending: PendingCommand, queues: readonly AggregateQueue[]): boolean {
    const groups = this.#of(queues)
    const commands = groups.reduce((sum, group) => sum + group.commands.length, 0)
    return commands < COMMIT_COMMANDS_MAX && !groups.some(({ ids }) => ids.has(pending.command.id))
  }

  /** Decides on the queues' documents as this round has changed them so far. */
  decide({ command }: PendingCommand, queues: readonly AggregateQueue[]): Decision {
    const state = (aggregate: Aggregate): State => {
      const queue = queues.find(one => one.aggregate === aggregate)
      if (queue === undefined)
        throw new Error(`${command.type.name} does not name the aggregate ${aggregate}`)
      return stateOf(queue, this.#byQueue.get(queue))
    }
    return command.type.decide(command.input, {
      player: id => state(playerAggregate(id)) as PlayerState | null,
      guild: id => state(guildAggregate(id)) as GuildState | null,
    })
  }

  /** Adds a decided command to the group of its queues: a new one, or the merger of their groups. */
  join(pending: PendingCommand, events: readonly GameEvent[], queues: readonly AggregateQueue[]): void {
    const [group = new OpenGroup(), ...others] = this.#of(queues)
    for (const other of others) this.#merge(group, other)
    for (const queue of queues) this.#add(group, queue)
    this.#groups.add(group)
    group.commands.push({ pending, events })
    group.ids.add(pending.command.id)
    for (const event of events) evolveIn(group, event)
  }

  #of(queues: readonly AggregateQueue[]): OpenGroup[] {
    const groups = queues.map(queue => this.#byQueue.get(queue)).filter(group => group !== undefined)
    return [...new Set(groups)]
  }

  #merge(into: OpenGroup, from: OpenGroup): void {
    this.#groups.delete(from)
    for (const queue of from.queues.values()) this.#add(into, queue)
    into.commands.push(...from.commands)
    for (const id of from.ids) into.ids.add(id)
    for (const [aggregate, state] of from.states) into.states.set(aggregate, state)
  }

  #add(group: OpenGroup, queue: AggregateQueue): void {
    this.#byQueue.set(queue, group)
    group.queues.set(queue.aggregate, queue)
  }
}

function stateOf({ aggregate, document }: AggregateQueue, group: OpenGroup | undefined): State {
  if (document === null) throw new Error(`${aggregate} was not loaded`)
  const changed = group?.states.get(aggregate)
  return changed === undefined ? document.state : changed
}

function evolveIn(group: OpenGroup, event: GameEvent): void {
  for (const aggregate of changedBy(event)) {
    const queue = group.queues.get(aggregate)
    if (queue === undefined)
      throw new Error(`${event.type} changes ${aggregate}, which its command does not name`)
    const after = evolve(aggregate, stateOf(queue, group), event)
    if (after === undefined)
      throw new Error(`${event.type} cannot follow the state of ${aggregate} it was decided on`)
    group.states.set(aggregate, after)
  }
}
