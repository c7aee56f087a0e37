import { checkAgainstLog } from "../log/checkpoint.js"
import type { Genesis } from "../log/commit.js"
import { type Judged, type JudgedBatch, readJudged } from "../log/judged.js"
import type { CheckpointFiles } from "../ports/checkpointFiles.js"
import type { Clock } from "../ports/clock.js"
import { Fault, type FaultCode } from "../ports/faults.js"
import type { Lake } from "../ports/lake.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { Column, ParquetWriter } from "../ports/parquet.js"
import { Batch } from "./batch.js"
import { tableColumns } from "./columns.js"
import { DeltaTable } from "./delta/table.js"
import { Landing } from "./landing.js"
import { EVENTS_FOLDER, landedOf, lastMark } from "./realmTable.js"
import { dueAt, isFull } from "./roll.js"

/** How often a standby looks at the table (R40). */
const WATCH_MS = 10_000

/** How long to wait after the lake or the log failed, at first and at most: it doubles. */
const RETRY_MS = 1000
const RETRY_MAX_MS = 30_000

export type LanderState = "active" | "standby" | "failed" | "stopped"

/** What waiting does not mend. */
const FINAL: readonly FaultCode[] = [
  "LOG_TRUNCATED",
  "LAKE_OF_ANOTHER_LOG",
  "LAKE_CORRUPT",
  "NEEDS_NEWER_BUILD",
  "AGGREGATE_FROZEN",
]

export interface LanderOptions {
  readonly log: Log
  readonly genesis: Genesis
  readonly lake: Lake
  readonly writer: ParquetWriter
  readonly checkpoints: CheckpointFiles
  readonly clock: Clock
  readonly logger: Logger
  readonly newId: () => string
  /** Everything acknowledged is queryable within this, in milliseconds. */
  readonly landWithinMs: number
  readonly columns?: readonly Column[]
  /** Where its records come from; unless told, it reads the log by itself. */
  readonly records?: (from: number, signal: AbortSignal) => AsyncIterable<JudgedBatch>
}

/**
 * Lands a realm's log in the lake, batch by batch. Several may run, without election: a version of the table is won by
 * one, and who finds that somebody else has landed its offsets becomes a standby (R40).
 *
 *   active  --somebody else landed-->  standby  --txn still for 2 x landWithin with the log beyond it-->  active
 *   active  --lake or log away-->  active, from what has landed then
 *   any     --a fault that waiting does not mend-->  failed;  any  --stop()-->  stopped
 */
export class Lander {
  /** By this process since its start. */
  readonly figures = { commits: 0, files: 0, rows: 0, bytes: 0, tookMs: 0, retries: 0 }
  readonly #options: LanderOptions
  readonly #table: DeltaTable
  readonly #landing: Landing
  readonly #abort = new AbortController()
  #state: LanderState = "active"
  #fault: Fault | null = null
  #problem: string | null = null
  #landed = 0
  #landedAt: number
  #retryMs = RETRY_MS
  #running: Promise<void> | null = null

  constructor(options: LanderOptions) {
    const { lake, checkpoints, writer, genesis, clock, newId, columns = tableColumns() } = options
    this.#options = options
    this.#table = new DeltaTable(lake, checkpoints, EVENTS_FOLDER)
    this.#landing = new Landing({ lake, table: this.#table, writer, genesis, columns, clock, newId })
    this.#landedAt = clock.now()
  }

  get state(): LanderState {
    return this.#state
  }

  /** Why it cannot go on, or null. */
  get fault(): Fault | null {
    return this.#fault
  }

  /** Why it is trying again at the moment, or null. */
  get problem(): string | null {
    return this.#problem
  }

  /** The offset up to which the log has landed, as far as this process knows (exclusive). */
  get landed(): number {
    return this.#landed
  }

  /** Resolves once it is stopped or has failed. Never rejects. */
  start(): Promise<void> {
    this.#running ??= this.#run()
    return this.#running
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
    this.#move("stopped")
  }

  /** Lands everything up to an offset, at once, and returns. Throws what ends it. */
  async landUpTo(offset: number): Promise<void> {
    await this.#landUntilMoved(offset)
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#landUntilMoved(null)
        if (this.#abort.signal.aborted) return
        this.#move("standby")
        await this.#standBy()
        this.#move("active")
      } catch (error) {
        if (this.#abort.signal.aborted) return
        if (error instanceof Fault && FINAL.includes(error.code)) return this.#fail(error)
        await this.#retry(error)
      }
    }
  }

  #fail(fault: Fault): void {
    this.#fault = fault
    this.#move("failed")
    this.#options.logger.error({ code: fault.code, landed: this.#landed }, `lander: ${fault.message}`)
  }

  async #retry(error: unknown): Promise<void> {
    const problem = error instanceof Error ? error.message : String(error)
    if (problem !== this.#problem) this.#options.logger.warn({ error: problem }, "lander: trying again")
    this.#problem = problem
    this.figures.retries += 1
    await this.#pause(this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS)
  }

  /** How far the log has landed, held against the log (R10). */
  async #begin(): Promise<number> {
    const { log, genesis } = this.#options
    await this.#table.refresh()
    const landed = landedOf(this.#table.snapshot, genesis)
    const mark = lastMark(this.#table.snapshot, genesis)
    if (mark !== null) await checkAgainstLog(mark, log, genesis, this.#abort.signal, "the lake")
    this.#saw(landed)
    return landed
  }

  /** Returns when somebody else lands, or at an offset. Throws what the log, the lake and the writer throw. */
  async #landUntilMoved(upTo: number | null): Promise<void> {
    const start = await this.#begin()
    if (upTo !== null && start >= upTo) return
    const intake = new Intake(this.#records(start), this.#options.clock)
    try {
      await this.#take(intake, start, upTo)
    } finally {
      await intake.close()
    }
  }

  async #take(intake: Intake, start: number, upTo: number | null): Promise<void> {
    const { genesis, clock, landWithinMs } = this.#options
    let batch = new Batch(genesis.realm, start)
    let since = clock.now()
    let lastAt = since
    let atHead = false
    for (;;) {
      const state = { landWithinMs, since, lastAt, landedAt: this.#landedAt, atHead }
      const taken = await intake.next(batch.records === 0 ? null : dueAt(state))
      if (taken === "ended") return
      if (taken !== "due") {
        if (batch.records === 0) since = clock.now()
        lastAt = clock.now()
        for (const record of taken.records) {
          const unreadable = unreadableAt(record)
          if (unreadable !== null) {
            await this.#land(batch)
            throw unreadable
          }
          batch.add(record)
          if (!isFull(batch)) continue
          if (!(await this.#land(batch))) return
          batch = new Batch(genesis.realm, batch.end)
          since = clock.now()
        }
        atHead = batch.end >= taken.head
      }
      const isLast = upTo !== null && batch.end >= upTo
      if (taken !== "due" && !isLast) continue
      if (!(await this.#land(batch)) || isLast) return
      batch = new Batch(genesis.realm, batch.end)
    }
  }

  /** False when somebody else landed these offsets. */
  async #land(batch: Batch): Promise<boolean> {
    if (batch.records === 0) return true
    const { clock } = this.#options
    const begun = clock.now()
    if ((await this.#landing.land(batch)) === "moved") return false
    const added = this.#table.snapshot
    this.#problem = null
    this.#retryMs = RETRY_MS
    this.#landedAt = clock.now()
    this.#saw(batch.end)
    this.figures.commits += 1
    this.figures.files += batch.days.size
    this.figures.rows += batch.rows
    this.figures.tookMs += clock.now() - begun
    for (const { size, tags } of added.files.values()) {
      if (tags?.start === `${batch.start}` && tags.end === `${batch.end}`) this.figures.bytes += size
    }
    await this.#checkpoint()
    return true
  }

  /** A table without a new checkpoint is only slower to read. */
  async #checkpoint(): Promise<void> {
    if (!this.#table.checkpointDue) return
    try {
      await this.#table.writeCheckpoint()
    } catch (error) {
      this.#options.logger.warn({ error: String(error) }, "lander: no checkpoint of the table this time")
    }
  }

  /** Returns when this lander should go on. */
  async #standBy(): Promise<void> {
    const { log, genesis, clock, landWithinMs } = this.#options
    let last = this.#landed
    let since = clock.now()
    while (!this.#abort.signal.aborted) {
      await this.#pause(WATCH_MS)
      await this.#table.refresh()
      const landed = landedOf(this.#table.snapshot, genesis)
      this.#saw(landed)
      if (landed !== last) since = clock.now()
      last = landed
      if (clock.now() - since < 2 * landWithinMs) continue
      if ((await log.bounds()).head > landed) return
    }
  }

  #records(from: number): (signal: AbortSignal) => AsyncIterable<JudgedBatch> {
    const {
      log,
      genesis,
      records = (start, signal) => readJudged(log, genesis, start, signal),
    } = this.#options
    return signal => records(from, AbortSignal.any([signal, this.#abort.signal]))
  }

  #saw(landed: number): void {
    this.#landed = Math.max(this.#landed, landed)
  }

  #move(to: LanderState): void {
    if (this.#state === "failed" || this.#state === "stopped" || this.#state === to) return
    this.#state = to
    this.#options.logger.info({ state: to }, "lander")
  }

  #pause(delayMs: number): Promise<void> {
    const { signal } = this.#abort
    return new Promise(resolve => {
      const end = () => {
        cancel()
        signal.removeEventListener("abort", end)
        resolve()
      }
      const cancel = this.#options.clock.after(signal.aborted ? 0 : delayMs, end)
      signal.addEventListener("abort", end, { once: true })
    })
  }
}

/** What stops the lander before a record: an event that this build cannot read (R13, R14). */
function unreadableAt({ offset, effect }: Judged): Fault | null {
  if (effect?.kind !== "unreadable") return null
  return new Fault(effect.code, `stopped before offset ${offset}: ${effect.reason}`)
}

/** Records as they come, or the time at which a batch is due, whichever is first. */
class Intake {
  readonly #abort = new AbortController()
  readonly #batches: AsyncIterator<JudgedBatch>
  readonly #clock: Clock
  #next: Promise<IteratorResult<JudgedBatch>> | null = null

  constructor(records: (signal: AbortSignal) => AsyncIterable<JudgedBatch>, clock: Clock) {
    this.#batches = records(this.#abort.signal)[Symbol.asyncIterator]()
    this.#clock = clock
  }

  /** Due: in milliseconds since 1970; null: it waits for records alone. */
  async next(due: number | null): Promise<JudgedBatch | "due" | "ended"> {
    this.#next ??= this.#batches.next()
    let cancel = () => {}
    const timer = new Promise<"due">(resolve => {
      if (due !== null) cancel = this.#clock.after(Math.max(0, due - this.#clock.now()), () => resolve("due"))
    })
    const first = await Promise.race([this.#next, timer]).finally(() => cancel())
    if (first === "due") return first
    this.#next = null
    return first.done ? "ended" : first.value
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await this.#batches.return?.()
  }
}
