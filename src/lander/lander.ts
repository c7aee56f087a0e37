import { tableColumns } from "../lake/columns.js"
import { DeltaTable } from "../lake/delta/table.js"
import { assertWhole } from "../lake/missingRows.js"
import { EVENTS_FOLDER, landedOf, lastMark } from "../lake/realmTable.js"
import { histogram } from "../lib/metrics.js"
import { Consumer } from "../log/consumer.js"
import type { BatchTimes, ConsumerOptions, ConsumerPolicy, TargetPlace } from "../log/consumerPolicy.js"
import type { ConsumerState } from "../log/consumerState.js"
import type { Judged } from "../log/judged.js"
import type { CheckpointFiles } from "../ports/checkpointFiles.js"
import { Fault } from "../ports/faults.js"
import type { Lake } from "../ports/lake.js"
import type { Column, ParquetWriter } from "../ports/parquet.js"
import { Batch } from "./batch.js"
import { Landing } from "./landing.js"
import { dueAt, isFull } from "./roll.js"

/** A standby reads the table every 10 s, and takes over when its `txn` has stood still for twice the bound (R40). */
function policyOf(landWithinMs: number): ConsumerPolicy {
  return {
    name: "lander",
    makes: "the lake's rows",
    trouble: { line: "lander: trying again", pauseMs: [1000, 30_000] },
    lookEveryMs: 10_000,
    stillMs: 2 * landWithinMs,
    standbyAfterFault: "waits",
    // With the same files: if they were written again each time, a lake that accepts files but no commits would fill up
    // with unreferenced files.
    sameBatchAfter: "HISTORY_UNAVAILABLE",
    watchEveryMs: null,
  }
}

export interface LanderOptions extends ConsumerOptions {
  readonly lake: Lake
  readonly writer: ParquetWriter
  readonly checkpoints: CheckpointFiles
  readonly newId: () => string
  /** Everything acknowledged is queryable within this, in milliseconds. */
  readonly landWithinMs: number
  readonly columns?: readonly Column[]
}

/**
 * Lands a realm's log in the lake, batch by batch. Several may run: one lander wins each version of the table (R40).
 */
export class Lander extends Consumer {
  readonly durations = histogram(
    "guildhall_landing_duration_seconds",
    "Time from a full batch to its commit in the lake's table.",
  )
  readonly #options: LanderOptions
  readonly #table: DeltaTable
  readonly #landing: Landing
  readonly #figures = { commits: 0, files: 0, rows: 0, bytes: 0 }
  #batch: Batch
  /** When the batch was first to be landed, or null. */
  #begunAt: number | null = null
  #landed = 0
  #landedAt: number
  /** The table's columns, as its log describes them. */
  #schema = ""
  #schemaChanged: () => void = () => {}

  constructor(options: LanderOptions) {
    const { lake, checkpoints, writer, genesis, clock, newId } = options
    const { landWithinMs, columns = tableColumns() } = options
    super(options, policyOf(landWithinMs))
    this.#options = options
    this.#table = new DeltaTable(lake, checkpoints, EVENTS_FOLDER)
    this.#landing = new Landing({ lake, table: this.#table, writer, genesis, columns, clock, newId })
    this.#batch = new Batch(genesis.realm, 0)
    this.#landedAt = clock.now()
  }

  /** What this process has done since its start. */
  get figures() {
    return { ...this.#figures, retries: this.trouble.retries }
  }

  /** Why it is retrying at the moment, or null. */
  get problem(): string | null {
    return this.trouble.problem
  }

  /** The offset up to which the log has landed, as far as this process knows (exclusive). */
  get landed(): number {
    return this.#landed
  }

  /** Called when the table's columns have changed, whoever changed them; first when the table has any. */
  onSchemaChange(listener: () => void): void {
    this.#schemaChanged = listener
  }

  /**
   * Stops. An active one first lands what the log holds now, within this many milliseconds; what it cannot land is logged
   * and lands after the next start.
   */
  override async stop(landWithinMs = 0): Promise<void> {
    const left = landWithinMs > 0 ? await this.finish(landWithinMs) : null
    if (left !== null && !(left.head !== null && this.#landed >= left.head)) {
      const rest = left.head === null ? "records" : `${left.head - this.#landed} records`
      this.#options.logger.warn(
        { landed: this.#landed, ...left },
        `lander: stops before ${rest} of the log are in the lake: they land after the next start`,
      )
    }
    await super.stop()
  }

  /** Lands everything up to an offset at once, unless others do, then returns. Throws the error that ends it. */
  async landUpTo(offset: number): Promise<void> {
    await this.takeUpTo(offset)
  }

  protected override async find(): Promise<TargetPlace> {
    const { genesis } = this.#options
    await this.#table.refresh()
    const { snapshot } = this.#table
    const offset = landedOf(snapshot, genesis)
    assertWhole(snapshot, genesis)
    this.#saw(offset)
    // The last batch may have had no rows, and so no file that keeps a mark.
    return { offset, mark: lastMark(snapshot, genesis), version: `${offset}` }
  }

  protected override beginBatch(start: number): void {
    this.#batch = new Batch(this.#options.genesis.realm, start)
    this.#begunAt = null
  }

  protected override add(record: Judged): boolean {
    this.#batch.add(record)
    return isFull(this.#batch)
  }

  protected override dueAt(times: BatchTimes): number {
    return dueAt({ ...times, landWithinMs: this.#options.landWithinMs, landedAt: this.#landedAt })
  }

  /** What this build cannot read (R13, R14). */
  protected override refusalOf({ offset, effect }: Judged): Fault | null {
    if (effect?.kind !== "unreadable") return null
    return new Fault(effect.code, `stopped before offset ${offset}: ${effect.reason}`)
  }

  protected override async swap(): Promise<TargetPlace | null> {
    const { clock } = this.#options
    const batch = this.#batch
    this.#begunAt ??= clock.now()
    if ((await this.#landing.land(batch)) === "moved") return null
    this.#landedAt = clock.now()
    this.#saw(batch.end)
    this.durations.observe((this.#landedAt - this.#begunAt) / 1000)
    this.#figures.commits += 1
    this.#figures.files += batch.days.size
    this.#figures.rows += batch.rows
    for (const { size, tags } of this.#table.snapshot.files.values()) {
      if (tags?.start === `${batch.start}` && tags.end === `${batch.end}`) this.#figures.bytes += size
    }
    await this.#checkpoint()
    return { offset: batch.end, mark: null, version: `${batch.end}` }
  }

  protected override moveFields(_: ConsumerState, state: ConsumerState): object {
    return { state }
  }

  protected override faultFields({ code }: Fault): object {
    return { code, landed: this.#landed }
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

  #saw(landed: number): void {
    this.#landed = Math.max(this.#landed, landed)
    const schema = this.#table.snapshot.metaData?.schemaString ?? ""
    if (schema === this.#schema) return
    this.#schema = schema
    this.#schemaChanged()
  }
}
