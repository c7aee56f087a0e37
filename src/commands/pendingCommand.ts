import type { Aggregate } from "../domain/aggregates.js"
import type { Refusal } from "../domain/refusals.js"
import type { State } from "../domain/states.js"
import { eventId, type PlacedCommand } from "../log/effect.js"
import { Fault } from "../ports/faults.js"
import type { PositionedEvent } from "../tail/eventFilter.js"
import type { CheckedCommand } from "./request.js"

/** An event with its id and its time. */
export type RecordedEvent = Pick<PositionedEvent, "id" | "event" | "at">

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

/** What the store holds under a command's key, and as of when. */
export interface KeyAnswer {
  /** The checkpoint of that answer; for a key that we made, the tail's position when the command arrived. */
  readonly checkpoint: number
  readonly known: PlacedCommand | null
}

/** Where a command is, with what it has only there. */
type CommandState =
  /** Its key, and its aggregates where they are cold, are being read. */
  | { readonly name: "loading" }
  /** In its queues. */
  | { readonly name: "queued"; readonly key: KeyAnswer }
  /** At the head of its queues, to be refused unless the log holds something newer (R23). */
  | { readonly name: "atBarrier"; readonly key: KeyAnswer }
  /** In a commit whose verdict is still awaited. */
  | { readonly name: "inFlight"; readonly key: KeyAnswer; readonly commit: string }
  | { readonly name: "done" }

type StateName = CommandState["name"]

const LOADING: CommandState = { name: "loading" }
const DONE: CommandState = { name: "done" }

/**
 * The legal moves. A key may have to be looked up again, so `loading` is reached twice. The verdict of an
 * older commit, or the deadline, ends a command wherever it is.
 */
const MOVES: Readonly<Record<StateName, readonly StateName[]>> = {
  loading: ["queued", "done"],
  queued: ["loading", "atBarrier", "inFlight", "done"],
  atBarrier: ["queued", "loading", "inFlight", "done"],
  inFlight: ["queued", "done"],
  done: [],
}

/**
 * A command from its arrival to its answer. It stays in the queues of its aggregates until it is done, which
 * it becomes exactly once. An illegal move is a bug, and throws.
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
  #state: CommandState = LOADING
  #barrier: number | null = null
  #sentCount = 0
  readonly #undecidedCommits = new Set<string>()
  /** Why it is not decided yet; the answer if it is still undecided at its deadline. */
  #lastProblem: Fault | null = null
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

  get done(): boolean {
    return this.#state.name === "done"
  }

  /** Whether it may be decided once it is at the head of its queues. */
  get decidable(): boolean {
    return this.#state.name === "queued" || this.#state.name === "atBarrier"
  }

  get atBarrier(): boolean {
    return this.#state.name === "atBarrier"
  }

  /** What the store answered about its key. Only while it is loaded and not done. */
  get key(): KeyAnswer {
    if ("key" in this.#state) return this.#state.key
    throw new Error(`${this.command.id} has no key while it is ${this.#state.name}`)
  }

  /**
   * The tail must reach this offset before a refusal may be answered; null until the log has answered (R23).
   */
  get barrier(): number | null {
    return this.#barrier
  }

  /** The ids of the commits that were sent for it and whose verdict is not known. */
  get undecidedCommits(): ReadonlySet<string> {
    return this.#undecidedCommits
  }

  /** Its key and its aggregates have been read. */
  loaded(key: KeyAnswer): void {
    this.#move({ name: "queued", key })
  }

  /** Its key must be read again. */
  reload(): void {
    this.#move(LOADING)
  }

  /** It would be refused, and the tail has not reached its barrier. */
  awaitBarrier(): void {
    this.#move({ name: "atBarrier", key: this.key })
  }

  /** The log's head when it was asked after the command arrived. It holds from now on. */
  setBarrier(head: number | null): void {
    this.#barrier ??= head
  }

  /** The tail has reached its barrier. */
  passBarrier(): void {
    this.#move({ name: "queued", key: this.key })
  }

  /** It was accepted, and is now in this commit. */
  join(commit: string): void {
    this.#move({ name: "inFlight", key: this.key, commit })
  }

  /** The commit is void, or its verdict is no longer awaited: unless it is done, it is decided again. */
  leave(commit: string): void {
    const state = this.#state
    if (state.name === "inFlight" && state.commit === commit) this.#move({ name: "queued", key: state.key })
  }

  /** A commit with this command is handed to the log. */
  sent(commit: string): void {
    this.#sentCount += 1
    this.#undecidedCommits.add(commit)
  }

  /** The log certainly did not store that commit. */
  notSent(commit: string, problem: Fault): void {
    this.#sentCount -= 1
    this.#undecidedCommits.delete(commit)
    this.#lastProblem = problem
  }

  /** What became of that commit is known, or no longer matters. */
  decided(commit: string): void {
    this.#undecidedCommits.delete(commit)
  }

  finish(outcome: Omit<CommandResult, "key">): void {
    this.#move(DONE)
    this.#resolve({ ...outcome, key: this.command.key })
  }

  /** OUTCOME_UNKNOWN while the verdict of a commit is unknown: the command may have happened (I5). */
  fail(fault: Fault): void {
    this.#move(DONE)
    this.#reject(this.#undecidedCommits.size > 0 ? this.#outcomeUnknown(fault) : fault)
  }

  /** Fails it at its deadline (R24). The fault depends on what became of the commits that were sent for it. */
  failLate(): void {
    this.fail(this.#lateFault())
  }

  #lateFault(): Fault {
    const what = `${this.command.type.name} was not decided by its deadline`
    if (this.#sentCount > 0) {
      return new Fault(
        "CONFLICT",
        `${what}: all ${this.#sentCount} commits lost to others on the same aggregates; nothing happened`,
      )
    }
    if (this.#lastProblem !== null) return this.#lastProblem
    if (this.#state.name === "loading") {
      return new Fault("VIEWS_UNAVAILABLE", `${what}: the view store has not answered; nothing happened`)
    }
    return new Fault("LOG_UNAVAILABLE", `${what}: no commit could be sent; nothing happened`)
  }

  #outcomeUnknown(cause: Fault): Fault {
    const what = `${this.command.type.name}: a commit was sent, but its verdict is not known`
    return new Fault("OUTCOME_UNKNOWN", `${what}; ask again with the same key (${cause.code})`, { cause })
  }

  /** The one place where a command changes its state. */
  #move(to: CommandState): void {
    const from = this.#state.name
    if (!MOVES[from].includes(to.name)) {
      throw new Error(`${this.command.id} cannot go from ${from} to ${to.name}`)
    }
    this.#state = to
  }
}

/** The events of a command that happened, with their ids. */
export function recordedEvents({ events, offset, at, firstIndex }: PlacedCommand): RecordedEvent[] {
  return events.map((event, i) => ({ id: eventId(offset, firstIndex + i), event, at }))
}
