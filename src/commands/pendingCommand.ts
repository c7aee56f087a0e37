import type { Aggregate } from "../domain/aggregates.js"
import type { GameEvent } from "../domain/events.js"
import type { Refusal } from "../domain/refusals.js"
import type { State } from "../domain/states.js"
import { eventId, type PlacedCommand } from "../log/effect.js"
import { Fault } from "../ports/faults.js"
import type { CheckedCommand } from "./request.js"

/** An event with its id and its time. */
export interface RecordedEvent {
  readonly id: string
  readonly event: GameEvent
  /** Append time, in milliseconds since 1970. */
  readonly at: number
}

/** The result of a command. */
export interface CommandResult {
  /** The events of this execution, or of the first one if `replayed`; none if refused. */
  readonly events: readonly RecordedEvent[]
  readonly refusal: Refusal | null
  /** Whether the key was used before: then the events are those of the first execution. */
  readonly replayed: boolean
  /** The offset after the events' commit; for a refusal, the offset up to which the log was read. */
  readonly position: number
  /** The command's aggregates as of the answer. */
  readonly states: ReadonlyMap<Aggregate, State>
  /** How many effective commits have changed each of them by then. */
  readonly versions: ReadonlyMap<Aggregate, number>
  /** The idempotency key that was used. */
  readonly key: string
}

/**
 * A command that is not answered yet. It stays in the queues of its aggregates until it is done. States:
 * loading (its key or aggregates are being read), waiting (in its queues), in flight (in a commit whose
 * verdict has not been read), then done, exactly once.
 */
export class PendingCommand {
  readonly command: CheckedCommand
  /** Order of arrival in this process. */
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly deadline: number
  /** The tail's key time when the command arrived (R22). */
  readonly arrivalKeyTime: number
  readonly result: Promise<CommandResult>
  /** The checkpoint of the store's answer about its key; null until that answer has come. */
  keyCheckpoint: number | null = null
  /** What the store holds under its key, or null. */
  earlierResult: PlacedCommand | null = null
  /**
   * The tail must reach this offset before a refusal may be answered; null until the log has answered (R23).
   */
  barrier: number | null = null
  /** Whether it had to wait for that. */
  waitedForBarrier = false
  loaded = false
  done = false
  /** How many commits were sent for it, and the ids of those whose verdict is not known. */
  sentCount = 0
  readonly undecidedCommits = new Set<string>()
  /** Why it is not decided yet; the answer if it is still undecided at its deadline. */
  lastProblem: Fault | null = null
  #resolve: (outcome: CommandResult) => void = () => {}
  #reject: (fault: Fault) => void = () => {}

  constructor(command: CheckedCommand, place: { seq: number; deadline: number; arrivalKeyTime: number }) {
    this.command = command
    this.seq = place.seq
    this.deadline = place.deadline
    this.arrivalKeyTime = place.arrivalKeyTime
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** A commit with this command is handed to the log. */
  sent(commit: string): void {
    this.sentCount += 1
    this.undecidedCommits.add(commit)
  }

  /** The log certainly did not store that commit. */
  notSent(commit: string, problem: Fault): void {
    this.sentCount -= 1
    this.undecidedCommits.delete(commit)
    this.lastProblem = problem
  }

  finish(outcome: Omit<CommandResult, "key">): void {
    this.done = true
    this.#resolve({ ...outcome, key: this.command.key })
  }

  /**
   * OUTCOME_UNKNOWN, whatever the fault, while the verdict of a commit is unknown: the command may have
   * happened (I5).
   */
  fail(fault: Fault): void {
    this.done = true
    this.#reject(this.undecidedCommits.size > 0 ? this.#outcomeUnknown(fault) : fault)
  }

  /** The fault at its deadline (R24). It depends on what became of the commits that were sent for it. */
  lateFault(): Fault {
    const what = `${this.command.type.name} was not decided by its deadline`
    if (this.sentCount > 0) {
      return new Fault(
        "CONFLICT",
        `${what}: all ${this.sentCount} commits lost to others on the same aggregates; nothing happened`,
      )
    }
    if (!this.loaded && this.lastProblem === null) {
      return new Fault("VIEWS_UNAVAILABLE", `${what}: the view store has not answered; nothing happened`)
    }
    return (
      this.lastProblem ?? new Fault("LOG_UNAVAILABLE", `${what}: no commit could be sent; nothing happened`)
    )
  }

  #outcomeUnknown(cause: Fault): Fault {
    const what = `${this.command.type.name}: a commit was sent, but its verdict is not known`
    return new Fault("OUTCOME_UNKNOWN", `${what}; ask again with the same key (${cause.code})`, { cause })
  }
}

/** The events of a command that happened, with their ids. */
export function recordedEvents({ events, offset, at, firstIndex }: PlacedCommand): RecordedEvent[] {
  return events.map((event, i) => ({ id: eventId(offset, firstIndex + i), event, at }))
}
