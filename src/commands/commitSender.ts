import type { Clock } from "../lib/clock.js"
import { sleep } from "../lib/sleep.js"
import { asFault, Fault, isFault } from "../ports/faults.js"
import { APPEND_BYTES_MAX, type Log } from "../ports/log.js"
import type { InFlightCommit } from "./inFlightCommit.js"

/** How long to wait after a send that certainly stored nothing. */
const RETRY_MS = 50

/** `unknown`: some of the commits may have been stored. */
export const APPEND_OUTCOMES = ["stored", "not_stored", "unknown"] as const

type AppendOutcome = (typeof APPEND_OUTCOMES)[number]

export interface SenderEvents {
  /** The commits are about to be handed to the log. */
  sending(commits: readonly InFlightCommit[]): void
  /** None of them was stored, for certain; they are sent again until their deadline. */
  notStored(commits: readonly InFlightCommit[], error: Fault): void
  /** An append ended; the fault is null if it was stored. */
  appended(outcome: AppendOutcome, tookMs: number, fault: Fault | null): void
  /** The commit could not be sent in time: it never will be. */
  dropped(inFlight: InFlightCommit): void
}

/**
 * Group commit (R8): one send is in flight; the next takes everything that has arrived meanwhile, up to 512
 * KB. The number of open commands bounds the queue, as each aggregate has at most one commit in flight.
 */
export class CommitSender {
  readonly #log: Log
  readonly #clock: Clock
  readonly #events: SenderEvents
  #waiting: InFlightCommit[] = []
  #sending: Promise<void> | null = null

  constructor(log: Log, clock: Clock, events: SenderEvents) {
    this.#log = log
    this.#clock = clock
    this.#events = events
  }

  /** Sends soon. A commit that may no longer be sent when its turn comes is dropped. */
  send(commits: readonly InFlightCommit[]): void {
    this.#waiting.push(...commits)
    this.#sending ??= this.#drain()
  }

  /** Resolves once nothing is waiting or being sent. */
  async idle(): Promise<void> {
    await this.#sending
  }

  async #drain(): Promise<void> {
    // One microtask later, so that `#sending` is set and the callers of this turn share the send.
    await null
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch()
      if (batch.length > 0) await this.#append(batch)
    }
    this.#sending = null
  }

  #nextBatch(): InFlightCommit[] {
    const now = this.#clock.now()
    const batch: InFlightCommit[] = []
    let bytes = 0
    let taken = 0
    for (const inFlight of this.#waiting) {
      const sendable = inFlight.maySend(now)
      if (sendable && bytes + inFlight.bytes.length > APPEND_BYTES_MAX) break
      taken += 1
      if (sendable) batch.push(inFlight)
      else this.#events.dropped(inFlight)
      if (sendable) bytes += inFlight.bytes.length
    }
    this.#waiting = this.#waiting.slice(taken)
    return batch
  }

  async #append(batch: InFlightCommit[]): Promise<void> {
    this.#events.sending(batch)
    const sentAt = this.#clock.now()
    const appended = (outcome: AppendOutcome, fault: Fault | null) =>
      this.#events.appended(outcome, this.#clock.now() - sentAt, fault)
    try {
      await this.#log.append(batch.map(({ bytes }) => bytes))
      appended("stored", null)
    } catch (error) {
      const notStored = isFault(error, "LOG_UNAVAILABLE")
      appended(notStored ? "not_stored" : "unknown", asFault(error, "OUTCOME_UNKNOWN"))
      // If it may have been stored, its verdict will show, or a rival is sent after a while.
      if (!notStored) return
      this.#events.notStored(batch, error)
      this.#waiting = [...batch, ...this.#waiting]
      await sleep(this.#clock, RETRY_MS)
    }
  }
}
