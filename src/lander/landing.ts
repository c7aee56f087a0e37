import type { Action, Add } from "../lake/delta/actions.js"
import type { Snapshot } from "../lake/delta/snapshot.js"
import type { DeltaTable, ReadCommit } from "../lake/delta/table.js"
import { appIdOf, landedOf } from "../lake/realmTable.js"
import { schemaActions } from "../lake/schema.js"
import { assertWhole, following, rowsTxn } from "../lake/whole.js"
import type { Clock } from "../lib/clock.js"
import type { Genesis } from "../log/commit.js"
import { type Fault, isFault } from "../ports/faults.js"
import type { Lake } from "../ports/lake.js"
import type { Column, ParquetWriter } from "../ports/parquet.js"
import type { Batch } from "./batch.js"
import { addOf, type FilePlan, lakePath, planFiles } from "./files.js"
import { type LandingOutcome, outcomeOf } from "./outcome.js"

/** Staged files older than this are written again: a clean-up may have taken them for left behind (R35). */
const STAGED_MAX_MS = 3_600_000

/** A version taken by others is tried again so often; each time somebody made progress. */
const TRIES_MAX = 100

/** Files written side by side: a batch may span years of a quiet log. */
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

/** Files that were written and nobody sees yet. */
interface StagedFiles {
  readonly batch: Batch
  readonly adds: readonly Add[]
  /** When, in milliseconds since 1970. */
  readonly at: number
}

/**
 * Lands batches of one realm (R35), each event once (I6): writes Parquet files that nobody sees, then publishes them, and how far the log has
 * landed, in one commit of the table. A crash anywhere leaves at most files that nobody refers to.
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
   * Throws what the lake, the table and the writer throw: then it may have landed, or land later. Repeatable with the
   * same batch, which is told as `landed` however late it came.
   */
  async land(batch: Batch): Promise<LandingOutcome> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const outcome = await this.#publish(batch, await this.#stagedFor(batch))
      if (outcome === null) continue
      this.#staged = null
      return outcome
    }
    throw new Error(`lake: ${TRIES_MAX} versions in a row were taken by others`)
  }

  /** A batch's files are written once, however often it is tried, until they are old: the rest nobody would refer to. */
  async #stagedFor(batch: Batch): Promise<StagedFiles> {
    const before = this.#staged
    if (before !== null && before.batch === batch && !this.#isOld(before)) return before
    const staged = await this.#stage(batch)
    this.#staged = staged
    return staged
  }

  async #stage(batch: Batch): Promise<StagedFiles> {
    const { genesis, columns, newId, clock } = this.#options
    const at = clock.now()
    const plans = await planFiles(batch, genesis.realm, columns, newId)
    const adds: Add[] = []
    for (let i = 0; i < plans.length; i += FILES_AT_ONCE) {
      const some = plans.slice(i, i + FILES_AT_ONCE)
      adds.push(...(await Promise.all(some.map(plan => this.#write(plan, batch, at)))))
    }
    return { batch, adds, at }
  }

  async #write(plan: FilePlan, batch: Batch, now: number): Promise<Add> {
    const { lake, writer, genesis } = this.#options
    const bytes = await writer.write(plan.table)
    await lake.write(lakePath(plan), bytes)
    return addOf(plan, bytes.length, batch, genesis.realm, now)
  }

  /** Null when others took the version, or the files became old: it is to be tried again. */
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

  /** A lost reply is resolved by reading: what was published carries our uuid. */
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
