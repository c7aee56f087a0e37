import { AggregateQueues } from "../../../src/commands/aggregateQueues.js"
import { type KeyAnswer, PendingCommand } from "../../../src/commands/pendingCommand.js"
import { type CommandRequest, checkRequest } from "../../../src/commands/request.js"
import type { Aggregate } from "../../../src/domain/aggregates.js"
import type { GameEvent } from "../../../src/domain/events.js"
import { evolve, type State } from "../../../src/domain/states.js"
import { NO_DOCUMENT } from "../../../src/projections/document.js"

export const DEADLINE = 1_000_000

/** The store was asked at offset 0 and holds nothing under the key. */
export const NEW_KEY: KeyAnswer = { checkpoint: 0, known: null }

export interface Arrival {
  readonly deadline?: number
  /** What the store holds under its key; null while that is being read. */
  readonly key?: KeyAnswer | null
}

/** Puts commands into the queues of their aggregates as `Commands` does; everything is warm. */
export class Queues {
  readonly queues: AggregateQueues
  constructor(queues = new AggregateQueues()) {
    this.queues = queues
  }

  arrive(request: CommandRequest, { deadline = DEADLINE, key = NEW_KEY }: Arrival = {}): PendingCommand {
    const pending = makePending(request, { seq: this.queues.arrived, deadline })
    if (key !== null) pending.loaded(key)
    this.queues.enqueue(pending)
    for (const queue of this.queues.of(pending)) queue.warm(NO_DOCUMENT)
    return pending
  }

  /** Gives an aggregate a state and a link, as if that had happened before the commands arrived. */
  given(aggregate: Aggregate, ...events: readonly GameEvent[]): void {
    let state: State = null
    for (const [i, event] of events.entries()) state = evolve(aggregate, state, event, `0-${i}`) ?? null
    this.queues.get(aggregate).warm({ link: "before", version: events.length, state })
  }
}

export function makePending(
  request: CommandRequest,
  place: { seq?: number; deadline?: number } = {},
): PendingCommand {
  const command = checkRequest(request, () => `made-${place.seq ?? 0}`)
  return new PendingCommand(command, { seq: 0, deadline: DEADLINE, arrivalKeyTime: 0, ...place })
}

/** A command that was answered. */
export function makeDone(request: CommandRequest, place: { seq?: number } = {}): PendingCommand {
  const pending = makePending(request, place)
  finish(pending)
  return pending
}

export function finish(pending: PendingCommand): void {
  const outcome = { events: [], refusal: null, replayed: false, position: 0 }
  pending.finish({ ...outcome, states: new Map(), versions: new Map() })
}
