import type { Aggregate } from "../domain/aggregates.js"
import type { State } from "../domain/states.js"
import { Fifo } from "../lib/fifo.js"
import type { Document } from "../projections/document.js"
import type { PendingCommand } from "./pendingCommand.js"

/** One aggregate in this process: its queue, what is known of it, and the one commit in flight that builds on that. */
export class AggregateQueue {
  readonly aggregate: Aggregate
  /** As of the tail; null while cold. */
  document: Document | null = null
  /** The id of the commit whose verdict is not read: until then nothing builds on this aggregate (R7). */
  commitInFlight: string | null = null
  /** Pauses that have not ended (R24). */
  pauses = 0
  /** A rival's claim was read while our commit was in flight. */
  rivalSeen = false
  readonly #commands = new Fifo<PendingCommand>()
  #taken = 0

  constructor(aggregate: Aggregate) {
    this.aggregate = aggregate
  }

  get idle(): boolean {
    return this.#commands.length === 0 && this.commitInFlight === null
  }

  enqueue(pending: PendingCommand): void {
    this.#commands.push(pending)
  }

  /** The first command that is neither done nor taken into a commit. */
  head(): PendingCommand | null {
    for (;;) {
      const pending = this.#commands.at(this.#taken)
      if (pending === undefined) return null
      if (!pending.done) return pending
      if (this.#taken === 0) this.#commands.shift()
      else this.#taken += 1
    }
  }

  /** The head goes into a commit. */
  take(): void {
    this.#taken += 1
  }

  /** What was taken is in a commit now. */
  markInFlight(commit: string): void {
    this.commitInFlight = commit
    this.rivalSeen = false
  }

  /** The commit's verdict is read, or not waited for any longer: what is not done is at the head again. */
  release(): void {
    this.commitInFlight = null
    this.#taken = 0
  }
}

/** The aggregates of a command as of now. */
export function asOfNow(queues: readonly AggregateQueue[]): {
  readonly states: ReadonlyMap<Aggregate, State>
  readonly versions: ReadonlyMap<Aggregate, number>
} {
  const states = new Map<Aggregate, State>()
  const versions = new Map<Aggregate, number>()
  for (const { aggregate, document } of queues) {
    states.set(aggregate, document?.state ?? null)
    versions.set(aggregate, document?.version ?? 0)
  }
  return { states, versions }
}

/** The link that the next commit on an aggregate builds on: of the last commit whose verdict was read (R7). */
export function basisOf(queue: AggregateQueue): string | null {
  return queue.document?.link ?? null
}

/** One basis in flight for each aggregate (R7). */
export function isFree(queue: AggregateQueue): boolean {
  return queue.commitInFlight === null && queue.pauses === 0
}
