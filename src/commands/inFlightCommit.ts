import type { Commit } from "../log/commit.js"
import type { Fault } from "../ports/faults.js"
import type { AggregateQueue } from "./aggregateQueue.js"
import type { PendingCommand } from "./pendingCommand.js"

type EncodedCommit = Pick<InFlightCommit, "id" | "seen" | "on" | "bytes" | "queues" | "commands">

/** A commit in flight: encoded, sent or about to be, its verdict not yet read. */
export class InFlightCommit {
  readonly id: string
  readonly bytes: Uint8Array
  readonly queues: readonly AggregateQueue[]
  readonly commands: readonly PendingCommand[]
  /** The earliest deadline of its commands; it is not sent after that. Milliseconds since 1970. */
  readonly deadline: number
  readonly seen: number
  readonly on: Commit["on"]
  #sentAt: number | null = null
  #over = false

  constructor({ id, seen, on, bytes, queues, commands }: EncodedCommit) {
    this.id = id
    this.bytes = bytes
    this.queues = queues
    this.commands = commands
    this.deadline = Math.min(...commands.map(({ deadline }) => deadline))
    this.seen = seen
    this.on = on
  }

  /** When it was handed to the log; null before that. */
  get sentAt(): number | null {
    return this.#sentAt
  }

  /** It blocks its queues from now on, and its commands are in it. */
  begin(): void {
    for (const queue of this.queues) queue.markInFlight(this.id)
    for (const pending of this.commands) pending.join(this.id)
  }

  /** It is handed to the log. */
  sent(now: number): void {
    this.#sentAt = now
    for (const pending of this.commands) pending.sent(this.id)
  }

  /** The log certainly did not store it. */
  notStored(error: Fault): void {
    this.#sentAt = null
    for (const pending of this.commands) pending.notSent(this.id, error)
  }

  /** Its verdict was read, or no longer matters. */
  end(): void {
    this.#over = true
    for (const pending of this.commands) pending.decided(this.id)
  }

  /** Frees and returns those of its queues that still wait for it. Commands that are not done are decided again. */
  release(): readonly AggregateQueue[] {
    const waiting = this.queues.filter(({ commitInFlight }) => commitInFlight === this.id)
    for (const queue of waiting) queue.release()
    for (const pending of this.commands) pending.leave(this.id)
    return waiting
  }

  /** Whether it may still be sent: not once a command was answered, perhaps with "nothing happened". */
  maySend(now: number): boolean {
    return !this.#over && now < this.deadline && !this.commands.some(({ done }) => done)
  }

  /** Whether it is void wherever it may land from this position of the tail on. */
  hasExpired(position: number, lagMax: number): boolean {
    return position > this.seen + lagMax
  }

  /**
   * Whether nothing depends any longer on a verdict that has not come in time: all commands are answered, or
   * another commit has taken its slot. In the latter case, wherever it may still land, it finds the slot
   * taken or has expired: it is certainly void, though nobody has read it.
   */
  isObsolete(): boolean {
    const overtaken = this.queues.some(
      ({ aggregate, document }) => document !== null && document.link !== this.on[aggregate],
    )
    return overtaken || this.commands.every(({ done }) => done)
  }
}
