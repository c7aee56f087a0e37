import type { Aggregate } from "../domain/aggregates.js"
import { AggregateQueue } from "./aggregateQueue.js"
import type { PendingCommand } from "./pendingCommand.js"

/** How many aggregates are kept warm; they take about 100 MB. */
const WARM_MAX = 50_000

/** At most this many queues are examined for eviction at a time. */
const EVICT_STEP = 1000

/** The queues of this process, the least recently used first. */
export class AggregateQueues {
  readonly #queues = new Map<Aggregate, AggregateQueue>()
  readonly #warmMax: number
  #arrived = 0

  constructor(warmMax = WARM_MAX) {
    this.#warmMax = warmMax
  }

  /** How many commands have arrived by now. */
  get arrived(): number {
    return this.#arrived
  }

  /** Puts a command that has arrived into the queues of its aggregates, behind all others. */
  enqueue(pending: PendingCommand): void {
    this.#arrived += 1
    for (const aggregate of pending.command.aggregates) this.get(aggregate).enqueue(pending)
  }

  find(aggregate: Aggregate): AggregateQueue | undefined {
    return this.#queues.get(aggregate)
  }

  /** The queue of an aggregate, now the most recently used; a new, cold one if there was none. */
  get(aggregate: Aggregate): AggregateQueue {
    const queue = this.#queues.get(aggregate) ?? new AggregateQueue(aggregate)
    this.#queues.delete(aggregate)
    this.#queues.set(aggregate, queue)
    return queue
  }

  /** The queues of a command. They were made when it arrived. */
  of(pending: PendingCommand): AggregateQueue[] {
    return pending.command.aggregates.map(aggregate => this.#queues.get(aggregate) ?? this.get(aggregate))
  }

  /** Evicts idle queues beyond the bound. Queues that hold commands stay. */
  evict(): void {
    let looked = 0
    for (const [aggregate, queue] of this.#queues) {
      if (this.#queues.size <= this.#warmMax || looked >= EVICT_STEP) return
      looked += 1
      if (queue.head() === null && queue.idle) this.#queues.delete(aggregate)
    }
  }
}
