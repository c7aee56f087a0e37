import type { Clock, Random } from "../../src/lib/clock.js"
import { Fault } from "../../src/ports/faults.js"
import type { LogBatch, LogRecord } from "../../src/ports/log.js"
import { ProcessClock } from "./clock.js"
import { FakeLog } from "./log.js"

/** Minimum and maximum, in milliseconds. */
export type Span = readonly [number, number]

/** What goes wrong between processes and the log. Shares are of appends, from 0 to 1, unless stated otherwise. */
export interface FakeLogFaults {
  /** How long an append, an answer of a read, and a question for the bounds travel, each way. */
  readonly appendMs: Span
  readonly readMs: Span
  readonly boundsMs: Span
  /** Never arrive. Half of the callers get an error that it was not sent, half no answer. Applies to `bounds` too. */
  readonly lost: number
  /** Stored, but the caller gets no answer. */
  readonly replyLost: number
  /** Arrive this late, mostly when their callers have given up and sent others. */
  readonly late: number
  readonly lateMs: Span
  /** Stored once more, this much later. */
  readonly doubled: number
  readonly doubledMs: Span
  /** Only the first few of the records are stored, and the caller gets no answer. */
  readonly partial: number
  /** Stored behind an offset that stays empty. */
  readonly hole: number
  /** Stored behind a record of somebody else, which is not a commit. */
  readonly garbage: number
  /** Stored after the log's clock has jumped by this much, forward or back, for good. */
  readonly clockJump: number
  readonly clockJumpMs: Span
  /** The share of answers to reads that hold only some of the records. */
  readonly smallBatch: number
}

const NO_FAULTS: FakeLogFaults = {
  appendMs: [0, 0],
  readMs: [0, 0],
  boundsMs: [0, 0],
  lost: 0,
  replyLost: 0,
  late: 0,
  lateMs: [2_000, 30_000],
  doubled: 0,
  doubledMs: [0, 10_000],
  partial: 0,
  hole: 0,
  garbage: 0,
  clockJump: 0,
  clockJumpMs: [1_000, 7_200_000],
  smallBatch: 0,
}

const BATCH_RECORDS_MAX = 1_000
const GARBAGE_BYTES_MAX = 64

export interface FakeLogServerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly faults?: Partial<FakeLogFaults>
}

/** One log as brokers hold it, for all processes of a simulation. `random` and the calls determine what it does. */
export class FakeLogServer {
  /** May be changed while it runs. */
  faults: FakeLogFaults
  /** Appends are refused; reads go on. */
  isFull = false
  /** How far the log's own clock is ahead: what append times are taken from. */
  skewMs = 0
  readonly clock: Clock
  readonly #random: Random
  readonly #records: LogRecord[] = []
  #start = 0
  readonly #connections = new Set<FakeLog>()
  readonly #cut = new Set<string>()
  #isDown = false

  constructor({ clock, random, faults }: FakeLogServerOptions) {
    this.clock = clock
    this.#random = random
    this.faults = { ...NO_FAULTS, ...faults }
  }

  /** Everything in the log, for a checker. */
  get records(): readonly LogRecord[] {
    return this.#records
  }

  /** A connection of a process. `name` is for `cut` and `heal`; the process may be paused and killed. */
  connect(name: string, process = new ProcessClock(this.clock)): FakeLog {
    const connection = new FakeLog(this, name, process)
    this.#connections.add(connection)
    return connection
  }

  disconnect(connection: FakeLog): void {
    this.#connections.delete(connection)
  }

  /** An outage: appends and bounds fail, reads wait, and answers in flight are lost. */
  goDown(): void {
    this.#isDown = true
  }

  comeBack(): void {
    this.#isDown = false
    this.#wakeReaders()
  }

  /** An outage for one process. */
  cut(name: string): void {
    this.#cut.add(name)
  }

  heal(name: string): void {
    this.#cut.delete(name)
    this.#wakeReaders()
  }

  isReachable(name: string): boolean {
    return !this.#isDown && !this.#cut.has(name)
  }

  /** Loses acknowledged records, as when a broker becomes leader without them. */
  loseFrom(offset: number): void {
    this.#records.length = Math.min(this.#records.length, offset)
    this.#wakeReaders()
  }

  /** Deletes the log's beginning, as retention does, or an operator. */
  deleteBefore(offset: number): void {
    this.#start = offset
  }

  get start(): number {
    return this.#start
  }

  /** Records as they arrive: with what `faults` puts before them. */
  store(records: readonly Uint8Array[]): void {
    const { hole, garbage, clockJump, clockJumpMs } = this.faults
    if (this.happens(clockJump)) this.skewMs += this.span(clockJumpMs) * (this.#random() < 0.5 ? -1 : 1)
    if (this.happens(hole)) this.#push(new Uint8Array(0))
    if (this.happens(garbage)) this.#push(this.#garbage())
    for (const record of records) this.#push(record)
    this.#wakeReaders()
  }

  /** What a reader at an offset gets, or null when there is nothing or it cannot reach the log. */
  fetch(name: string, from: number): LogBatch | null {
    if (!this.isReachable(name)) return null
    const head = this.#records.length
    if (!Number.isSafeInteger(from) || from < this.#start || from > head) {
      const expected = `expected an offset from ${this.#start} to ${head}`
      throw new Fault("LOG_TRUNCATED", `fake log: ${expected}, got ${from}`)
    }
    if (from === head) return null
    const most = Math.min(BATCH_RECORDS_MAX, head - from)
    const count = this.happens(this.faults.smallBatch) ? 1 + Math.floor(this.#random() * most) : most
    return { records: this.#records.slice(from, from + count).map(record => this.#guessedTime(record)), head }
  }

  /** A hole has no time: each reader takes one from what it happens to know. */
  #guessedTime(record: LogRecord): LogRecord {
    return record.bytes.length > 0 ? record : { ...record, at: this.pick(record.at + 1) }
  }

  happens(share: number): boolean {
    return share > 0 && this.#random() < share
  }

  /** A whole number of milliseconds. */
  span([least, most]: Span): number {
    return least === most ? least : least + Math.floor(this.#random() * (most - least + 1))
  }

  /** An index in a list of that length. */
  pick(length: number): number {
    return Math.floor(this.#random() * length)
  }

  #push(bytes: Uint8Array): void {
    const at = Math.max(0, Math.trunc(this.clock.now() + this.skewMs))
    this.#records.push({ offset: this.#records.length, at, bytes })
  }

  #garbage(): Uint8Array {
    const length = 1 + this.pick(GARBAGE_BYTES_MAX)
    return Uint8Array.from({ length }, () => this.pick(256))
  }

  #wakeReaders(): void {
    for (const connection of this.#connections) connection.wake()
  }
}
