import type { Aggregate } from "../domain/aggregates.js"
import type { GameEvent } from "../domain/events.js"
import type { Clock } from "../lib/clock.js"
import { Semaphore } from "../lib/semaphore.js"
import { turn } from "../lib/sleep.js"
import type { Judged } from "../log/judged.js"
import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import { older } from "../tail/records.js"
import type { Tail } from "../tail/tail.js"

/** How many records may be read again from the log for one report: two to three seconds. */
const LOG_RECORDS_MAX = 500_000

/** How many reports may read the log at once, and how many may queue for it. */
const READERS_MAX = 2
const WAITING_MAX = 32

/** The records of one turn: a few milliseconds of work. */
const TURN_RECORDS = 5000

/** Visits the events of records in order. Allocates nothing for each: a report may go over hundreds of thousands. */
export function eachEvent(records: readonly Judged[], take: (event: GameEvent, at: number) => void): void {
  for (const { at, effect } of records) {
    if (effect?.kind !== "events") continue
    for (const { events } of effect.commands) {
      for (const event of events) take(event, at)
    }
  }
}

export interface LiveOptions {
  readonly tail: Tail
  readonly log: Log
  readonly clock: Clock
  /** At most this many records are read from the log for one report. */
  readonly logRecordsMax?: number | undefined
  /** After this many records other work gets its turn. */
  readonly turnRecords?: number
}

/** Judged records up to this process's tail: from its buffer or, where that does not reach back, from the log. */
export class LiveRecords {
  readonly #tail: Tail
  readonly #log: Log
  readonly #clock: Clock
  readonly #logRecordsMax: number
  readonly #turnRecords: number
  readonly #readers = new Semaphore(
    READERS_MAX,
    WAITING_MAX,
    waiting => new Fault("OVERLOADED", `${waiting} reports already wait to read the log`),
  )

  constructor(options: LiveOptions) {
    const { tail, log, clock, logRecordsMax = LOG_RECORDS_MAX, turnRecords = TURN_RECORDS } = options
    this.#tail = tail
    this.#log = log
    this.#clock = clock
    this.#logRecordsMax = logRecordsMax
    this.#turnRecords = turnRecords
  }

  /** Exclusive: later records are not part of an answer that begins now. Throws the tail's fault. */
  get end(): number {
    if (this.#tail.fault !== null) throw this.#tail.fault
    return this.#tail.position
  }

  /** Whether the records from an offset on are few enough to be read for a report. */
  reachesBackTo(offset: number): boolean {
    const { buffer, position } = this.#tail
    return offset >= position || buffer.covers(offset) || position - offset <= this.#logRecordsMax
  }

  /** Throws HISTORY_UNAVAILABLE when the records from an offset on are too many. */
  assertReachesBackTo(offset: number): void {
    if (this.reachesBackTo(offset)) return
    const behind = this.#tail.position - offset
    const most = `at most ${this.#logRecordsMax} records are read from the log`
    throw new Fault(
      "HISTORY_UNAVAILABLE",
      `the lake is ${behind} records behind, ${most}: is a lander running?`,
    )
  }

  /**
   * The records in [from, end), in order, in batches. Ends early only when the signal is aborted: the caller must check
   * it. Throws OVERLOADED, what `Log.read` throws, and the tail's fault.
   */
  async *records(from: number, end: number, signal: AbortSignal): AsyncGenerator<readonly Judged[], void> {
    let next = from
    while (next < end && !signal.aborted) {
      const some = this.#buffered(next, Math.min(end, next + this.#turnRecords))
      if (some.length === 0) {
        next = yield* this.#older(next, end, signal)
      } else {
        yield some
        next += some.length
        await turn(this.#clock)
      }
    }
  }

  /** The records in [from, end) that name any of these aggregates; otherwise like `records`. */
  async *about(
    aggregates: readonly Aggregate[],
    from: number,
    end: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Judged[], void> {
    const { buffer } = this.#tail
    if (buffer.covers(from)) {
      const found = aggregates.flatMap(aggregate => [...buffer.about(aggregate, from)])
      const once = [...new Set(found)].filter(({ offset }) => offset < end)
      yield once.sort((one, other) => one.offset - other.offset)
      return
    }
    const names = ({ commit }: Judged) => {
      return commit !== null && aggregates.some(aggregate => Object.hasOwn(commit.on, aggregate))
    }
    for await (const some of this.records(from, end, signal)) yield some.filter(names)
  }

  /**
   * The records in [from, end), the newest first, as far as the buffer reaches back. Returns where they begin: `from`, or
   * the end of what only the log has.
   */
  async *newestFirst(
    from: number,
    end: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Judged[], number> {
    let before = end
    while (before > from && !signal.aborted) {
      const first = Math.max(from, this.#tail.buffer.from, before - this.#turnRecords)
      const some = this.#buffered(first, before)
      if (some.length === 0) return before
      yield some.reverse()
      before = first
      await turn(this.#clock)
    }
    return before
  }

  #buffered(from: number, end: number): Judged[] {
    const some: Judged[] = []
    for (let offset = from; offset < end; offset++) {
      const record = this.#tail.buffer.record(offset)
      if (record === undefined) return some
      some.push(record)
    }
    return some
  }

  /** Reads from the log until the buffer reaches back far enough. Returns the offset where the buffer takes over. */
  async *#older(from: number, end: number, signal: AbortSignal): AsyncGenerator<readonly Judged[], number> {
    const release = await this.#readers.take(signal)
    if (release === null) return from
    let next = from
    try {
      for await (const { records } of older(this.#tail, this.#log, from, signal)) {
        const wanted = records.filter(({ offset }) => offset < end)
        if (wanted.length > 0) yield wanted
        next += wanted.length
        if (next >= end) return next
      }
      return next
    } finally {
      release()
    }
  }
}
