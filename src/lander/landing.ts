import type { Action, Add } from "../lake/delta/actions.js"
import type { Snapshot } from "../lake/delta/snapshot.js"
import type { DeltaTable, ReadCommit } from "../lake/delta/table.js"
import { assertWhole, following, rowsTxn } from "../lake/missingRows.js"
import { appIdOf, landedOf } from "../lake/realmTable.js"
import { schemaActions } from "../lake/schemaActions.js"
import type { Clock } from "../lib/clock.js"
import type { Genesis } from "../log/commit.js"
import { type Fault, isFault } from "../ports/faults.js"
import type { Lake } from "../ports/lake.js"
import type { Column, ParquetWriter } from "../ports/parquet.js"
import type { Batch } from "./batch.js"
import { addOf, type FilePlan, lakePath, planFiles } from "./files.js"
import { type LandingOutcome, outcomeOf } from "./outcome.js"

/** Staged files older than this are written again: a clean-up may have deleted them as left behind (R35). */
const STAGED_MAX_MS = 3_600_000

/** How many times to retry when others took the version; each time somebody made progress. */
const TRIES_MAX = 100

/** How many files are written in parallel: a batch may span years of a quiet log. */
const FILES_AT_ONCE = 4

const ENGINE = "guildhall"

export interface LandingOptions {
  readonly lake: Lake
  readonly table: DeltaTable
  readonly writer: ParquetWriter
  readonly genesis: Genesis
  readonly columns: readonly Column[]
  readonly clock: Clock
  readonly newId: () => string
}

/** Files that were written but that no reader sees yet. */
interface StagedFiles {
  readonly batch: Batch
  readonly adds: readonly Add[]
  /** When, in milliseconds since 1970. */
  readonly at: number
}

/**
 * Lands batches of one realm (R35), each event once (I6): writes Parquet files that no reader sees, then publishes them,
 * and how far the log has landed, in one commit of the table. A crash anywhere leaves at most unreferenced files.
 */
export class Landing {
  readonly #options: LandingOptions
  readonly #uuid: string
  #staged: StagedFiles | null = null

  constructor(options: LandingOptions) {
    this.#options = options
    this.#uuid = options.newId()
  }

  /**
   * Throws what the lake, the table and the writer throw; then the batch may have landed, or may land later. Idempotent:
   * a repeat with the same batch returns `landed`, however late it landed.
   */
  async land(batch: Batch): Promise<LandingOutcome> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const outcome = await this.#publish(batch, await this.#stage(batch))
      if (outcome === null) continue
      this.#staged = null
      return outcome
    }
    throw new Error(`lake: ${TRIES_MAX} versions in a row were taken by others`)
  }

  /** Writes a batch's files once for all its tries, unless they get too old: other copies would stay unreferenced. */
  async #stage(batch: Batch): Promise<StagedFiles> {
    const before = this.#staged
    if (before !== null && before.batch === batch && !this.#isOld(before)) return before
    const { genesis, columns, newId, clock } = this.#options
    const at = clock.now()
    const plans = await planFiles(batch, genesis.realm, columns, newId)
    const adds: Add[] = []
    for (let i = 0; i < plans.length; i += FILES_AT_ONCE) {
      const some = plans.slice(i, i + FILES_AT_ONCE)
      adds.push(...(await Promise.all(some.map(plan => this.#write(plan, batch, at)))))
    }
    this.#staged = { batch, adds, at }
    return this.#staged
  }

  async #write(plan: FilePlan, batch: Batch, now: number): Promise<Add> {
    const { lake, writer, genesis } = this.#options
    const bytes = await writer.write(plan.table)
    await lake.write(lakePath(plan), bytes)
    return addOf(plan, bytes.length, batch, genesis.realm, now)
  }

  /** Null when others took the version, or the files became too old: then retry. */
  async #publish(batch: Batch, staged: StagedFiles): Promise<LandingOutcome | null> {
    const { table } = this.#options
    const early = this.#outcome(batch, await table.refresh())
    if (early !== null || this.#isOld(staged)) return early
    assertWhole(table.snapshot, this.#options.genesis)
    const problem = await this.#tryPublish(this.#commit(table.snapshot, batch, staged))
    if (problem === null) return "landed"
    const commits = await table.refresh()
    const late = this.#outcome(batch, commits)
    if (late === null && commits.length === 0 && problem !== "taken") throw problem
    return late
  }

  /** After a lost reply, the caller reads the table: a commit of ours carries our uuid. */
  async #tryPublish(actions: readonly Action[]): Promise<Fault | "taken" | null> {
    try {
      return (await this.#options.table.publish(actions)) ? null : "taken"
    } catch (error) {
      if (isFault(error, "HISTORY_UNAVAILABLE")) return error
      throw error
    }
  }

  #outcome({ start, end }: Batch, commits: readonly ReadCommit[]): LandingOutcome | null {
    const { table, genesis } = this.#options
    const attempt = { appId: appIdOf(genesis), start, end, uuid: this.#uuid }
    return outcomeOf(attempt, landedOf(table.snapshot, genesis), commits)
  }

  #commit(snapshot: Snapshot, batch: Batch, { adds }: StagedFiles): Action[] {
    const { genesis, clock, columns, newId } = this.#options
    const now = clock.now()
    const commitInfo = { timestamp: now, operation: "WRITE", engineInfo: ENGINE, uuid: this.#uuid }
    return [
      { commitInfo },
      ...schemaActions(snapshot, columns, newId, now),
      ...adds.map(add => ({ add: following(add, snapshot, genesis) })),
      ...rowsTxn(snapshot, genesis, batch.rows, now).map(txn => ({ txn })),
      { txn: { appId: appIdOf(genesis), version: batch.end, lastUpdated: now } },
    ]
  }

  #isOld({ at }: StagedFiles): boolean {
    return this.#options.clock.now() - at > STAGED_MAX_MS
  }
}
