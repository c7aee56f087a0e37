import type { Clock } from "../lib/clock.js"
import { before } from "../lib/deadline.js"
import type { Genesis } from "../log/commit.js"
import { type Judged, readJudged } from "../log/judged.js"
import { noVerdicts, type Verdicts } from "../log/verdicts.js"
import { asFault, Fault, shuttingDown } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import { BUFFER_BYTES_MAX, RecordBuffer } from "./buffer.js"

export interface TailOptions {
  readonly log: Log
  readonly genesis: Genesis
  /** Where to begin; the judge warms up on earlier records by itself. */
  readonly from: number
  readonly bufferBytesMax?: number
}

interface Waiter {
  readonly offset: number
  readonly resolve: () => void
  readonly reject: (fault: Fault) => void
}

export interface TailListener {
  /** One record, in the log's order; called before anything that waits for its offset continues. */
  judged(record: Judged): void
  /** After the records of one read. */
  batchEnd(): void
}

/** Where a tail begins (R16), so that its buffer reaches back to the views, and to what a writer may not know. */
export function tailStart(genesis: Genesis, head: number, viewsCheckpoint: number): number {
  return Math.max(0, Math.min(viewsCheckpoint, head - genesis.lagMax))
}

/**
 * The process's one reader of its realm's log (R16). It judges commits, keeps the last ones in a buffer, and notifies its
 * listeners in order. Verdicts, subscriptions, warm state and read-your-writes come from here.
 * States: following; stopped (by `stop`); failed (the log is not what it was): then every wait ends with the fault.
 */
export class Tail {
  readonly genesis: Genesis
  readonly buffer: RecordBuffer
  /** The records that it has read, including those appended before its process began. */
  readonly verdicts: Verdicts = noVerdicts()
  readonly #log: Log
  readonly #abort = new AbortController()
  readonly #listeners = new Set<TailListener>()
  readonly #waiters = new Set<Waiter>()
  #position: number
  #head: number
  #keyTime = 0
  #fault: Fault | null = null
  #running: Promise<void> | null = null

  constructor({ log, genesis, from, bufferBytesMax = BUFFER_BYTES_MAX }: TailOptions) {
    this.#log = log
    this.genesis = genesis
    this.#position = from
    this.#head = from
    this.buffer = new RecordBuffer(from, bufferBytesMax)
  }

  /** The next offset to read; everything before it has been judged and is known here. */
  get position(): number {
    return this.#position
  }

  /** The highest head of the log reported to this process (exclusive). */
  get head(): number {
    return this.#head
  }

  /** Key time since the tail began, in milliseconds: only differences mean something. */
  get keyTime(): number {
    return this.#keyTime
  }

  /** How many callers wait for an offset. */
  get waiting(): number {
    return this.#waiters.size
  }

  /** Why it cannot go on, or null. */
  get fault(): Fault | null {
    return this.#fault
  }

  listen(listener: TailListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    this.#running ??= this.#follow()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    this.#fail(shuttingDown())
    await this.#running
  }

  /** Notes a head of the log that somebody else was given, so that this tail's lag shows earlier. */
  noteHead(head: number): void {
    this.#head = Math.max(this.#head, head)
  }

  /** Fails the tail from outside: a checkpoint has shown that the log is not what it was (R10). */
  fail(fault: Fault): void {
    this.#abort.abort()
    this.#fail(fault)
  }

  /**
   * Resolves once the tail's position is at an offset or beyond. Rejects with the tail's fault. The caller bounds the
   * wait: where the offset may never come it aborts the signal, and the promise stays unsettled.
   */
  reached(offset: number, signal?: AbortSignal): Promise<void> {
    if (this.#fault !== null) return Promise.reject(this.#fault)
    if (this.#position >= offset) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const waiter = { offset, resolve, reject }
      this.#waiters.add(waiter)
      signal?.addEventListener("abort", () => this.#waiters.delete(waiter), { once: true })
    })
  }

  /** Like `reached`; throws VIEWS_BEHIND at a deadline by the clock, in milliseconds since 1970. */
  async reachedBy(offset: number, clock: Clock, deadline: number, expected: string): Promise<void> {
    const giveUp = new AbortController()
    const late = () =>
      new Fault("VIEWS_BEHIND", `${expected} ${offset}, this process has read to ${this.#position}`)
    await before(clock, deadline, this.reached(offset, giveUp.signal), late).finally(() => giveUp.abort())
  }

  async #follow(): Promise<void> {
    try {
      for await (const { records, head } of readJudged(
        this.#log,
        this.genesis,
        this.#position,
        this.#abort.signal,
      )) {
        this.noteHead(head)
        this.#take(records)
      }
      // Nobody may keep waiting for a reader that has ended.
      if (!this.#abort.signal.aborted) this.#fail(new Fault("LOG_UNAVAILABLE", "the log was closed"))
    } catch (error) {
      if (!this.#abort.signal.aborted)
        this.#fail(asFault(error, "LOG_UNAVAILABLE", "the log's reader stopped: "))
    }
  }

  #take(records: readonly Judged[]): void {
    if (records.length === 0) return
    for (const record of records) {
      this.#position = record.offset + 1
      this.#keyTime += record.keyStep
      this.verdicts[record.verdict] += 1
      this.buffer.push(record)
      for (const listener of this.#listeners) listener.judged(record)
    }
    for (const listener of this.#listeners) listener.batchEnd()
    for (const waiter of this.#waiters) {
      if (waiter.offset > this.#position) continue
      this.#waiters.delete(waiter)
      waiter.resolve()
    }
  }

  #fail(fault: Fault): void {
    this.#fault ??= fault
    for (const { reject } of this.#waiters) reject(fault)
    this.#waiters.clear()
    for (const listener of this.#listeners) listener.batchEnd()
  }
}
