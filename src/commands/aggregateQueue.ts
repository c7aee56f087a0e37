import type { Aggregate } from "../domain/aggregates.js"
import type { State } from "../domain/states.js"
import { Fifo } from "../lib/fifo.js"
import type { Judged } from "../log/judged.js"
import { type Document, foldDocument } from "../projections/document.js"
import type { PendingCommand } from "./pendingCommand.js"

/** One aggregate in this process: its queue, its document, and the one commit in flight that builds on it. */
export class AggregateQueue {
  readonly aggregate: Aggregate
  #document: Document | null = null
  #commitInFlight: string | null = null
  #rivalSeen = false
  /** How many pauses have not ended yet. */
  #pauses = 0
  readonly #commands = new Fifo<PendingCommand>()
  #taken = 0

  constructor(aggregate: Aggregate) {
    this.aggregate = aggregate
  }

  /** As of the tail; null while the aggregate is cold. */
  get document(): Document | null {
    return this.#document
  }

  /** The id of the commit in flight: until its verdict is read, nothing builds on this aggregate (R7). */
  get commitInFlight(): string | null {
    return this.#commitInFlight
  }

  /** Whether a rival's claim was read while our commit was in flight. */
  get rivalSeen(): boolean {
    return this.#rivalSeen
  }

  /** Whether it is paused because of rivals (R24). */
  get paused(): boolean {
    return this.#pauses > 0
  }

  get idle(): boolean {
    return this.#commands.length === 0 && this.#commitInFlight === null
  }

  /** Makes it warm. If it is warm already, its document is at least as new, and stays. */
  warm(document: Document): void {
    this.#document ??= document
  }

  /** Keeps it current while it is warm, and notes a rival's claim on it. */
  fold(record: Judged): void {
    if (this.#document === null) return
    this.#document = foldDocument(this.aggregate, this.#document, record)
    if (this.#commitInFlight !== null && this.#commitInFlight !== record.commit?.id) this.#rivalSeen = true
  }

  /** Pauses it; each `pause` needs one `resume`. */
  pause(): void {
    this.#pauses += 1
  }

  resume(): void {
    this.#pauses -= 1
  }

  enqueue(pending: PendingCommand): void {
    this.#commands.push(pending)
  }

  /** The first command that is neither done nor taken into a commit, or null. */
  head(): PendingCommand | null {
    for (;;) {
      const pending = this.#commands.at(this.#taken)
      if (pending === undefined) return null
      if (!pending.done) return pending
      if (this.#taken === 0) this.#commands.shift()
      else this.#taken += 1
    }
  }

  /** The head goes into a commit: the command behind it becomes the head. */
  take(): void {
    this.#taken += 1
  }

  /** The commands taken are now in this commit. */
  markInFlight(commit: string): void {
    this.#commitInFlight = commit
    this.#rivalSeen = false
  }

  /** The commit's verdict was read or is no longer awaited: its open commands are at the head again. */
  release(): void {
    this.#commitInFlight = null
    this.#taken = 0
  }
}

/** The states and versions of a command's aggregates as of the tail. */
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

/** The link that the next commit builds on: that of the last commit whose verdict was read (R7). */
export function basisOf(queue: AggregateQueue): string | null {
  return queue.document?.link ?? null
}

/** Whether a commit may build on this aggregate: only one basis is in flight at a time (R7). */
export function isFree(queue: AggregateQueue): boolean {
  return queue.commitInFlight === null && !queue.paused
}
