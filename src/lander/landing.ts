import type { Genesis } from "../log/commit.js"
import type { Clock } from "../ports/clock.js"
import { isFault } from "../ports/faults.js"
import type { Lake } from "../ports/lake.js"
import type { Column, ParquetWriter } from "../ports/parquet.js"
import type { Batch } from "./batch.js"
import { PARTITION_COLUMN } from "./columns.js"
import {
  type Action,
  type Add,
  parseSchema,
  READER_VERSION,
  schemaString,
  structFields,
  WRITER_VERSION,
} from "./delta/actions.js"
import type { Snapshot } from "./delta/snapshot.js"
import type { DeltaTable, ReadCommit } from "./delta/table.js"
import { addOf, lakePath, planFiles } from "./files.js"
import { appIdOf, landedOf } from "./realmTable.js"

/** Staged files older than this are written anew: a clean-up may have taken them for left behind (R35). */
const STAGED_MAX_MS = 3_600_000

/** A version taken by others is tried again so often; each time somebody made progress. */
const TRIES_MAX = 100

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
interface Staged {
  readonly adds: readonly Add[]
  /** When, in milliseconds since 1970. */
  readonly at: number
}

/** `moved`: somebody else landed these offsets. */
export type Outcome = "landed" | "moved"

/**
 * Lands batches of one realm (R35): writes Parquet files that nobody sees, then publishes them, and how far the log has
 * landed, in one commit of the table. A crash anywhere leaves at most files that nobody refers to.
 */
export class Landing {
  readonly #options: LandingOptions

  constructor(options: LandingOptions) {
    this.#options = options
  }

  /** Throws what the lake, the table and the writer throw: then it may have landed, which a new start finds out. */
  async land(batch: Batch): Promise<Outcome> {
    const uuid = this.#options.newId()
    let staged = await this.#stage(batch)
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const outcome = await this.#publish(batch, staged, uuid)
      if (outcome !== "taken") return outcome
      if (this.#isOld(staged)) staged = await this.#stage(batch)
    }
    throw new Error(`lake: ${TRIES_MAX} versions in a row were taken by others`)
  }

  async #stage(batch: Batch): Promise<Staged> {
    const { lake, writer, genesis, columns, newId, clock } = this.#options
    const at = clock.now()
    const plans = planFiles(batch, genesis.realm, columns, newId)
    const adds = await Promise.all(
      plans.map(async plan => {
        const bytes = await writer.write(plan.table)
        await lake.write(lakePath(plan), bytes)
        return addOf(plan, bytes.length, batch, genesis.realm, at)
      }),
    )
    return { adds, at }
  }

  async #publish(batch: Batch, staged: Staged, uuid: string): Promise<Outcome | "taken"> {
    const { table, genesis } = this.#options
    const early = this.#since(await table.refresh(), batch, uuid)
    if (early !== null) return early
    if (this.#isOld(staged)) return "taken"
    const actions = this.#commit(table.snapshot, batch, staged, uuid)
    if (await this.#tryPublish(actions)) return "landed"
    const late = this.#since(await table.refresh(), batch, uuid)
    return late ?? (landedOf(table.snapshot, genesis) === batch.start ? "taken" : "moved")
  }

  /** What the commits that were read mean for this batch: ours is among them, or somebody else moved on. */
  #since(commits: readonly ReadCommit[], batch: Batch, uuid: string): Outcome | null {
    const { table, genesis } = this.#options
    const isOurs = ({ actions }: ReadCommit) => actions.some(({ commitInfo }) => commitInfo?.uuid === uuid)
    if (commits.some(isOurs)) return "landed"
    return landedOf(table.snapshot, genesis) === batch.start ? null : "moved"
  }

  /** A lost reply is resolved by reading: what was published carries our uuid. */
  async #tryPublish(actions: readonly Action[]): Promise<boolean> {
    try {
      return await this.#options.table.publish(actions)
    } catch (error) {
      if (isFault(error, "HISTORY_UNAVAILABLE")) return false
      throw error
    }
  }

  #commit(snapshot: Snapshot, batch: Batch, { adds }: Staged, uuid: string): Action[] {
    const { genesis, clock } = this.#options
    const now = clock.now()
    const txn = { appId: appIdOf(genesis), version: batch.end, lastUpdated: now }
    const operation = { timestamp: now, operation: "WRITE", engineInfo: ENGINE, uuid }
    return [
      { commitInfo: operation },
      ...this.#metaActions(snapshot, now),
      ...adds.map(add => ({ add })),
      { txn },
    ]
  }

  /** The first commit makes the table; a later one adds the columns that it lacks (R37). No column is dropped. */
  #metaActions({ metaData, protocol }: Snapshot, now: number): Action[] {
    const { columns, newId } = this.#options
    const ours = structFields(columns)
    if (metaData === null || protocol === null) {
      const made = {
        id: newId(),
        name: "events",
        format: { provider: "parquet", options: {} },
        schemaString: schemaString(ours),
        partitionColumns: [PARTITION_COLUMN],
        configuration: {},
        createdTime: now,
      }
      return [
        { protocol: { minReaderVersion: READER_VERSION, minWriterVersion: WRITER_VERSION } },
        { metaData: made },
      ]
    }
    const theirs = parseSchema(metaData.schemaString)
    const known = new Set(theirs.map(({ name }) => name))
    const added = ours.filter(({ name }) => !known.has(name))
    if (added.length === 0) return []
    return [{ metaData: { ...metaData, schemaString: schemaString([...theirs, ...added]) } }]
  }

  #isOld({ at }: Staged): boolean {
    return this.#options.clock.now() - at > STAGED_MAX_MS
  }
}
