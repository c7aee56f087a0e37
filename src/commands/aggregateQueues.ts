import type { Aggregate } from "../domain/aggregates.js"
import { AggregateQueue } from "./aggregateQueue.js"
import type { PendingCommand } from "./pendingCommand.js"

/** How many aggregates are kept warm: about 100 MB. */
export const WARM_MAX = 50_000

/** At most this many are looked at for eviction at a time. */
const EVICT_STEP = 1000

/** The queues of this process, the least recently used first. */
export class AggregateQueues {
  readonly #queues = new Map<Aggregate, AggregateQueue>()
  readonly #warmMax: number

  constructor(warmMax = WARM_MAX) {
    this.#warmMax = warmMax
  }

  find(aggregate: Aggregate): AggregateQueue | undefined {
    return this.#queues.get(aggregate)
  }

  /** The queue of an aggregate, made cold when there is none. */
  get(aggregate: Aggregate): AggregateQueue {
    const queue = this.#queues.get(aggregate) ?? new AggregateQueue(aggregate)
    this.#queues.delete(aggregate)
    this.#queues.set(aggregate, queue)
    return queue
  }

  /** The queues of a command, which were made when it came. */
  of(pending: PendingCommand): AggregateQueue[] {
    return pending.command.aggregates.map(aggregate => this.#queues.get(aggregate) ?? this.get(aggregate))
  }

  /** Lets go of idle queues beyond the bound; commands keep theirs. */
  evict(): void {
    let looked = 0
    for (const [aggregate, queue] of this.#queues) {
      if (this.#queues.size <= this.#warmMax || looked >= EVICT_STEP) return
      looked += 1
      if (queue.head() === null && queue.idle) this.#queues.delete(aggregate)
    }
  }
}
