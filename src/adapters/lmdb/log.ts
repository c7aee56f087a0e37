import { setImmediate } from "node:timers/promises"
import type { Clock } from "../../lib/clock.js"
import { within } from "../../lib/deadline.js"
import { messageOf } from "../../lib/systemError.js"
import { assertAppendable } from "../../log/appendable.js"
import { Fault } from "../../ports/faults.js"
import { type Log, type LogBatch } from "../../ports/log.js"
import type { StalledReader } from "../../ports/stalledReaders.js"
import { type LogStore, openLogStore, WriteError } from "./logStore.js"

/** How long an append may take before it is reported as OUTCOME_UNKNOWN. */
export const APPEND_WITHIN_MS = 5_000

/** How often a reader of another process's log polls for more. */
const POLL_MS = 25

export interface LmdbLogOptions {
  /** Created if missing. */
  readonly folder: string
  /** Supplies the append times. Default: the system clock. */
  readonly clock?: Pick<Clock, "now">
  /** For use beside a running writer in another process: reads only what is durable, within POLL_MS. */
  readonly readOnly?: boolean
  /** Called once when a write failed for good: the process should end and be restarted. */
  readonly onStopped?: ((fault: Fault) => void) | undefined
}

/**
 * A realm's log in a folder, for one writing process. An append is one transaction, acknowledged once it is synced: it
 * survives kill -9 and power loss, provided that the disk keeps what it has acknowledged. Readers see it only then.
 *
 * A full disk is LOG_UNAVAILABLE; reads continue, and appends too once there is room. After any other failed write
 * nothing is written any more until the log is opened again: a failed sync must not be retried.
 *
 * Noticed, as LOG_TRUNCATED with the file and the offset: when opening, missing records that were acknowledged (a mark
 * beside the log counts them), a number of records that does not match the last offset, and damage in the last 1,000
 * records; on each read, a gap, and a record that is not byte for byte what was written. Damaged tree pages at the end
 * of the file, and a file that was cut, are FolderError. Not noticed: damage elsewhere before it is read
 * (`checkDataFile` can read the whole file); a folder restored as a whole to an older state, mark included (the views'
 * checkpoint notices); and after a power loss, the loss of records that a disk without a true sync had acknowledged.
 *
 * Throws FolderError, or LOG_TRUNCATED.
 */
export async function openLmdbLog(options: LmdbLogOptions): Promise<Log> {
  return new LmdbLog(await openLogStore(options), options)
}

/**
 * States: open; stopped (a write failed for good: it still reads, but refuses appends); closed. It only moves forward.
 * Exported for its test, which passes a store that fails.
 */
export class LmdbLog implements Log {
  readonly #store: LogStore
  readonly #clock: Pick<Clock, "now">
  readonly #readOnly: boolean
  readonly #onStopped: (fault: Fault) => void
  /** Each wakes a reader that waits at the head. */
  readonly #waiting = new Set<() => void>()
  #head: number
  /** The append in flight, until the store has settled it: its caller may have been answered earlier. */
  #writing: Promise<void> | null = null
  #stopped: Fault | null = null
  #closed: Promise<void> | null = null

  constructor(store: LogStore, options: Omit<LmdbLogOptions, "folder"> = {}) {
    const { clock = { now: Date.now }, readOnly = false, onStopped = () => {} } = options
    this.#store = store
    this.#clock = clock
    this.#readOnly = readOnly
    this.#onStopped = onStopped
    this.#head = store.head()
  }

  get stalledReaders(): readonly StalledReader[] {
    return this.#store.stalledReaders
  }

  async append(records: readonly Uint8Array[]): Promise<void> {
    assertAppendable(records)
    this.#assertWritable()
    while (this.#writing !== null) {
      const text = `log ${this.#store.place}: the previous append is not done after ${APPEND_WITHIN_MS} ms`
      await within(settled(this.#writing), APPEND_WITHIN_MS, () => new Fault("LOG_UNAVAILABLE", text))
      this.#assertWritable()
    }
    if (records.length === 0) return
    const text = `log ${this.#store.place}: an append is not done after ${APPEND_WITHIN_MS} ms`
    await within(this.#write(records), APPEND_WITHIN_MS, () => new Fault("OUTCOME_UNKNOWN", text))
  }

  async *read(from: number, signal: AbortSignal): AsyncGenerator<LogBatch, void> {
    let next = from
    while (!signal.aborted && this.#closed === null) {
      const head = this.#currentHead()
      this.#assertInside(next, head)
      if (next === head) await this.#change(signal)
      else {
        const records = this.#store.read(next, head)
        next += records.length
        yield { records, head }
        // Reading is synchronous: a reader far behind would block everything else.
        if (next < head) await setImmediate()
      }
    }
  }

  async bounds(): Promise<{ readonly start: number; readonly head: number }> {
    if (this.#closed !== null) throw this.#closedFault()
    return { start: 0, head: this.#currentHead() }
  }

  async probe(): Promise<void> {
    if (this.#closed !== null) throw this.#closedFault()
    if (this.#stopped !== null) throw this.#stopped
    try {
      this.#store.assertWritable()
    } catch (error) {
      throw new Fault("LOG_UNAVAILABLE", messageOf(error), {
        cause: error,
      })
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    for (const wake of this.#waiting) wake()
    if (this.#writing !== null) {
      const text = `log ${this.#store.place}: closing, but an append is not done after ${APPEND_WITHIN_MS} ms`
      await within(settled(this.#writing), APPEND_WITHIN_MS, () => new Fault("LOG_UNAVAILABLE", text))
    }
    await this.#store.close()
  }

  #write(records: readonly Uint8Array[]): Promise<void> {
    const first = this.#head
    const at = Math.max(0, Math.trunc(this.#clock.now()))
    const writing = this.#store.write(first, at, records).then(
      () => this.#written(first + records.length),
      (error: unknown) => {
        throw this.#failed(error)
      },
    )
    this.#writing = settled(writing).then(() => {
      this.#writing = null
    })
    return writing
  }

  #written(head: number): void {
    this.#head = head
    for (const wake of this.#waiting) wake()
  }

  #failed(error: unknown): Fault {
    const lasting = !(error instanceof WriteError) || error.lasting
    const stored = error instanceof WriteError ? error.stored : "unknown"
    const text = messageOf(error)
    if (lasting && this.#stopped === null) {
      this.#stopped = new Fault("LOG_UNAVAILABLE", `${text}; the log must be opened again`, { cause: error })
      this.#onStopped(this.#stopped)
    }
    return new Fault(stored === "no" ? "LOG_UNAVAILABLE" : "OUTCOME_UNKNOWN", text, { cause: error })
  }

  /** A writer is the only one, so it knows the head; a read-only process has to look it up. */
  #currentHead(): number {
    if (this.#readOnly) this.#head = this.#store.head()
    return this.#head
  }

  /** Resolves when there may be more to read, or when the read ends. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener("abort", wake)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = this.#readOnly ? setTimeout(wake, POLL_MS) : undefined
      signal.addEventListener("abort", wake)
      this.#waiting.add(wake)
    })
  }

  #assertInside(offset: number, head: number): void {
    if (Number.isSafeInteger(offset) && offset >= 0 && offset <= head) return
    const text = `log ${this.#store.place}: expected an offset from 0 to ${head}, got ${offset}`
    throw new Fault("LOG_TRUNCATED", text)
  }

  #assertWritable(): void {
    if (this.#closed !== null) throw this.#closedFault()
    if (this.#stopped !== null) throw this.#stopped
    if (!this.#readOnly) return
    throw new Fault("LOG_UNAVAILABLE", `log ${this.#store.place}: it was opened read-only`)
  }

  #closedFault(): Fault {
    return new Fault("LOG_UNAVAILABLE", `log ${this.#store.place}: it is closed`)
  }
}

/** Resolves when a promise is settled, either way. */
function settled(promise: Promise<unknown>): Promise<void> {
  return promise.then(
    () => {},
    () => {},
  )
}
