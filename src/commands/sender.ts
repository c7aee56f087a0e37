import type { Clock } from "../lib/clock.js"
import { Fault, isFault } from "../ports/faults.js"
import { APPEND_BYTES_MAX, type Log } from "../ports/log.js"
import { type Flight, maySend } from "./flight.js"

/** How long to wait after a send that surely stored nothing. */
const RETRY_MS = 50

/** `unknown`: some may have been stored. */
export type AppendOutcome = "stored" | "not_stored" | "unknown"

export interface SenderEvents {
  /** The commits are handed to the log now. */
  sending(flights: readonly Flight[]): void
  /** Surely none of them was stored; they are tried again until their deadline. */
  notStored(flights: readonly Flight[], error: Fault): void
  /** An append was answered; null when it was stored. */
  appended(outcome: AppendOutcome, tookMs: number, fault: Fault | null): void
  /** It could not be sent in time: it never will be. */
  dropped(flight: Flight): void
}

/**
 * Group commit (R8): one send in flight, which takes along everything that has come meanwhile, up to 512 KB.
 * The queue is bounded by the commands, as each aggregate has one commit at most on its way.
 */
export class Sender {
  readonly #log: Log
  readonly #clock: Clock
  readonly #events: SenderEvents
  #queue: Flight[] = []
  #sending: Promise<void> | null = null

  constructor(log: Log, clock: Clock, events: SenderEvents) {
    this.#log = log
    this.#clock = clock
    this.#events = events
  }

  /** Sends soon; what may no longer be sent when its turn comes is dropped. */
  send(flights: readonly Flight[]): void {
    this.#queue.push(...flights)
    this.#sending ??= this.#drain()
  }

  /** Resolves once nothing is on its way. */
  async idle(): Promise<void> {
    await this.#sending
  }

  async #drain(): Promise<void> {
    // A turn later, so that `#sending` is set and callers of this turn share the send.
    await null
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch()
      if (batch.length > 0) await this.#append(batch)
    }
    this.#sending = null
  }

  #nextBatch(): Flight[] {
    const now = this.#clock.now()
    const batch: Flight[] = []
    let bytes = 0
    let taken = 0
    for (const flight of this.#queue) {
      const send = maySend(flight, now)
      if (send && bytes + flight.bytes.length > APPEND_BYTES_MAX) break
      taken += 1
      if (send) batch.push(flight)
      else this.#events.dropped(flight)
      if (send) bytes += flight.bytes.length
    }
    this.#queue = this.#queue.slice(taken)
    return batch
  }

  async #append(batch: Flight[]): Promise<void> {
    this.#events.sending(batch)
    const sentAt = this.#clock.now()
    const took = (outcome: AppendOutcome, fault: Fault | null) =>
      this.#events.appended(outcome, this.#clock.now() - sentAt, fault)
    try {
      await this.#log.append(batch.map(({ bytes }) => bytes))
      took("stored", null)
    } catch (error) {
      const notStored = isFault(error, "LOG_UNAVAILABLE")
      took(notStored ? "not_stored" : "unknown", faultOf(error))
      // Where it may have been stored, the verdict tells, or a rival is sent after a while.
      if (!notStored) return
      this.#events.notStored(batch, error)
      this.#queue = [...batch, ...this.#queue]
      await new Promise<void>(resolve => void this.#clock.after(RETRY_MS, resolve))
    }
  }
}

function faultOf(error: unknown): Fault {
  return isFault(error) ? error : new Fault("OUTCOME_UNKNOWN", String(error), { cause: error })
}
