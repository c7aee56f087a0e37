import { tableColumns } from "../lake/columns.js"
import { DeltaTable } from "../lake/delta/table.js"
import { EVENTS_FOLDER, landedOf, lastMark } from "../lake/realmTable.js"
import { assertWhole } from "../lake/whole.js"
import type { Clock } from "../lib/clock.js"
import { histogram } from "../lib/metrics.js"
import { sleep } from "../lib/sleep.js"
import { checkAgainstLog } from "../log/checkpoint.js"
import type { Genesis } from "../log/commit.js"
import { type Judged, type JudgedBatch, readJudged } from "../log/judged.js"
import type { CheckpointFiles } from "../ports/checkpointFiles.js"
import { Fault, type FaultCode, isFault } from "../ports/faults.js"
import type { Lake } from "../ports/lake.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { Column, ParquetWriter } from "../ports/parquet.js"
import { Batch } from "./batch.js"
import { DueReader } from "./dueReader.js"
import { Landing } from "./landing.js"
import type { LandingOutcome } from "./outcome.js"
import { dueAt, isFull } from "./roll.js"

/** How often a standby reads the table (R40). */
const WATCH_MS = 10_000

/** How long to wait after the lake or the log failed: at first, and at most. It doubles each time. */
const RETRY_MS = 1000
const RETRY_MAX_MS = 30_000

export const LANDER_STATES = ["active", "standby", "failed", "stopped"] as const

export type LanderState = (typeof LANDER_STATES)[number]

/** Faults that waiting does not fix. */
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
  /** Where its records come from; by default it reads the log by itself. */
  readonly records?: (from: number, signal: AbortSignal) => AsyncIterable<JudgedBatch>
}

/**
 * Lands a realm's log in the lake, batch by batch. Several may run, without election: one lander wins each version of
 * the table, and a lander whose offsets another has landed becomes a standby (R40).
 *
 *   active  --another landed-->  standby  --txn still for 2 x landWithin with the log beyond it-->  active
 *   active  --lake or log away-->  active, with the same batch, or from what has landed by then
 *   standby --lake or log away-->  standby, and its wait continues
 *   any     --a fault that waiting does not fix-->  failed;  any  --stop()-->  stopped
 */
export class Lander {
  /** What this process has done since its start. */
  readonly figures = { commits: 0, files: 0, rows: 0, bytes: 0, retries: 0 }
  readonly durations = histogram(
    "guildhall_landing_duration_seconds",
    "Time from a full batch to its commit in the lake's table.",
  )
  readonly #options: LanderOptions
  readonly #table: DeltaTable
  readonly #landing: Landing
  /** Ends its work; landing at the stop gets a new one. */
  #abort = new AbortController()
  #state: LanderState = "active"
  #fault: Fault | null = null
  #problem: string | null = null
  #landed = 0
  #landedAt: number
  /** The table's columns, as its log describes them. */
  #schema = ""
  #schemaChanged: () => void = () => {}
  #retryMs = RETRY_MS
  /** The kinds of trouble that were logged. */
  readonly #logged = new Set<string>()
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

  /** Why it is retrying at the moment, or null. */
  get problem(): string | null {
    return this.#problem
  }

  /** The offset up to which the log has landed, as far as this process knows (exclusive). */
  get landed(): number {
    return this.#landed
  }

  /** Called when the table's columns have changed, whoever changed them; first when the table has any. */
  onSchemaChange(listener: () => void): void {
    this.#schemaChanged = listener
  }

  /** Resolves once it is stopped or has failed. Never rejects. */
  start(): Promise<void> {
    this.#running ??= this.#run()
    return this.#running
  }

  /**
   * Stops. An active one first lands what the log holds now, within this many milliseconds; what it cannot land is logged
   * and lands after the next start.
   */
  async stop(landWithinMs = 0): Promise<void> {
    this.#abort.abort()
    await this.#running
    if (landWithinMs > 0 && this.#state === "active") await this.#landTheRest(landWithinMs)
    this.#move("stopped")
  }

  async #landTheRest(withinMs: number): Promise<void> {
    const { clock, log, logger } = this.#options
    this.#abort = new AbortController()
    const cancel = clock.after(withinMs, () => this.#abort.abort())
    let head: number | null = null
    let error = `not finished within ${withinMs} ms`
    try {
      head = (await log.bounds()).head
      await this.landUpTo(head)
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown)
    } finally {
      cancel()
    }
    if (head !== null && this.#landed >= head) return
    const rest = head === null ? "records" : `${head - this.#landed} records`
    const fields = { landed: this.#landed, head, error }
    logger.warn(
      fields,
      `lander: stops before ${rest} of the log are in the lake: they land after the next start`,
    )
  }

  /** Lands everything up to an offset at once, unless others do, then returns. Throws the error that ends it. */
  async landUpTo(offset: number): Promise<void> {
    do await this.#landOn(offset)
    while (this.#landed < offset && !this.#abort.signal.aborted)
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      try {
        if (this.#state === "standby") await this.#standBy()
        if (signal.aborted) return
        if ((await this.#landOn(null)) === "moved") this.#move("standby")
      } catch (error) {
        if (signal.aborted) return
        if (isFinal(error)) return this.#fail(error)
        await this.#retry(error)
      }
    }
  }

  #fail(fault: Fault): void {
    this.#fault = fault
    this.#move("failed")
    this.#options.logger.error({ code: fault.code, landed: this.#landed }, `lander: ${fault.message}`)
  }

  /** Logs each kind of trouble once until it is over: messages may name details that change from try to try. */
  async #retry(error: unknown): Promise<void> {
    this.#problem = error instanceof Error ? error.message : String(error)
    const kind = isFault(error) ? error.code : "a bug"
    if (!this.#logged.has(kind)) this.#options.logger.warn({ error: this.#problem }, "lander: trying again")
    this.#logged.add(kind)
    this.figures.retries += 1
    await this.#pause(this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS)
  }

  #well(): void {
    this.#problem = null
    this.#logged.clear()
    this.#retryMs = RETRY_MS
  }

  /** How far the log has landed, checked against the log (R10). */
  async #begin(): Promise<number> {
    const { log, genesis } = this.#options
    await this.#table.refresh()
    const landed = landedOf(this.#table.snapshot, genesis)
    assertWhole(this.#table.snapshot, genesis)
    const mark = lastMark(this.#table.snapshot, genesis)
    if (mark !== null) await checkAgainstLog(mark, log, genesis, this.#abort.signal, "the lake's rows")
    // The last batch may have had no rows, and so no file that keeps a mark.
    const { head } = await log.bounds()
    if (landed > head) {
      throw new Fault(
        "LOG_TRUNCATED",
        `the lake's rows, as of offset ${landed}, are beyond the log's head ${head}`,
      )
    }
    this.#saw(landed)
    return landed
  }

  /**
   * Returns when another lander lands, and when it is stopped or beyond an offset. Throws what the log, the lake and the
   * writer throw.
   */
  async #landOn(upTo: number | null): Promise<"moved" | "done"> {
    const start = await this.#begin()
    if (upTo !== null && start >= upTo) return "done"
    const intake = new DueReader(this.#records(start), this.#options.clock)
    try {
      return await this.#take(intake, start, upTo)
    } finally {
      await intake.close()
    }
  }

  async #take(intake: DueReader, start: number, upTo: number | null): Promise<"moved" | "done"> {
    const { genesis, clock, landWithinMs } = this.#options
    let batch = new Batch(genesis.realm, start)
    let since = clock.now()
    let lastAt = since
    let atHead = false
    for (;;) {
      const state = { landWithinMs, since, lastAt, landedAt: this.#landedAt, atHead }
      const taken = await intake.next(batch.records === 0 ? null : dueAt(state))
      if (this.#abort.signal.aborted) return "done"
      if (taken === "ended") throw new Fault("LOG_UNAVAILABLE", "the log returned no more records")
      if (taken !== "due") {
        if (batch.records === 0) since = clock.now()
        lastAt = clock.now()
        for (const record of taken.records) {
          const unreadable = unreadableAt(record)
          if (unreadable !== null) {
            const outcome = await this.#land(batch, upTo)
            if (outcome !== "landed") return outcome
            throw unreadable
          }
          batch.add(record)
          if (!isFull(batch)) continue
          const outcome = await this.#land(batch, upTo)
          if (outcome !== "landed") return outcome
          batch = new Batch(genesis.realm, batch.end)
          since = clock.now()
        }
        atHead = batch.end >= taken.head
        if (atHead && batch.records === 0) this.#well()
      }
      const isLast = upTo !== null && batch.end >= upTo
      if (taken !== "due" && !isLast) continue
      const outcome = await this.#land(batch, upTo)
      if (outcome !== "landed") return outcome
      if (isLast) return "done"
      batch = new Batch(genesis.realm, batch.end)
    }
  }

  async #land(batch: Batch, upTo: number | null): Promise<LandingOutcome> {
    if (batch.records === 0) return "landed"
    const { clock } = this.#options
    const begun = clock.now()
    const outcome = await (upTo === null ? this.#landPatiently(batch) : this.#landing.land(batch))
    if (outcome !== "landed") return outcome
    this.#well()
    this.#landedAt = clock.now()
    this.#saw(batch.end)
    this.figures.commits += 1
    this.figures.files += batch.days.size
    this.figures.rows += batch.rows
    this.durations.observe((clock.now() - begun) / 1000)
    for (const { size, tags } of this.#table.snapshot.files.values()) {
      if (tags?.start === `${batch.start}` && tags.end === `${batch.end}`) this.figures.bytes += size
    }
    await this.#checkpoint()
    return "landed"
  }

  /**
   * Retries the same batch and files until the lake accepts them: if the files were written again each time, a lake that
   * accepts files but no commits would fill up with unreferenced files.
   */
  async #landPatiently(batch: Batch): Promise<LandingOutcome> {
    const { signal } = this.#abort
    for (;;) {
      try {
        return await this.#landing.land(batch)
      } catch (error) {
        if (!isFault(error, "HISTORY_UNAVAILABLE")) throw error
        if (!signal.aborted) await this.#retry(error)
        if (signal.aborted) throw error
      }
    }
  }

  /** A failure is only logged: a table without a new checkpoint is merely slower to read. */
  async #checkpoint(): Promise<void> {
    if (!this.#table.checkpointDue) return
    try {
      await this.#table.writeCheckpoint()
    } catch (error) {
      this.#options.logger.warn(
        { error: String(error) },
        "lander: could not write a checkpoint of the table this time",
      )
    }
  }

  /** Returns when this lander should become active, or is stopped. Throws faults that waiting does not fix. */
  async #standBy(): Promise<void> {
    const { clock, landWithinMs } = this.#options
    const { signal } = this.#abort
    let last = this.#landed
    let since = clock.now()
    for (;;) {
      await this.#pause(WATCH_MS)
      if (signal.aborted) return
      try {
        const { landed, head } = await this.#look()
        if (landed !== last) since = clock.now()
        last = landed
        if (clock.now() - since >= 2 * landWithinMs && head > landed) break
      } catch (error) {
        // The others may still be landing: becoming active is no better than waiting.
        if (signal.aborted || isFinal(error)) throw error
        await this.#retry(error)
      }
    }
    this.#move("active")
  }

  async #look(): Promise<{ readonly landed: number; readonly head: number }> {
    const { log, genesis } = this.#options
    await this.#table.refresh()
    const landed = landedOf(this.#table.snapshot, genesis)
    assertWhole(this.#table.snapshot, genesis)
    this.#saw(landed)
    const { head } = await log.bounds()
    this.#well()
    return { landed, head }
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
    const schema = this.#table.snapshot.metaData?.schemaString ?? ""
    if (schema === this.#schema) return
    this.#schema = schema
    this.#schemaChanged()
  }

  #move(to: LanderState): void {
    if (this.#state === "failed" || this.#state === "stopped" || this.#state === to) return
    this.#state = to
    this.#options.logger.info({ state: to }, "lander")
  }

  #pause(delayMs: number): Promise<void> {
    return sleep(this.#options.clock, delayMs, this.#abort.signal)
  }
}

function isFinal(error: unknown): error is Fault {
  return isFault(error) && FINAL.includes(error.code)
}

/** What stops the lander before a record: an event that this build cannot read (R13, R14). */
function unreadableAt({ offset, effect }: Judged): Fault | null {
  if (effect?.kind !== "unreadable") return null
  return new Fault(effect.code, `stopped before offset ${offset}: ${effect.reason}`)
}
