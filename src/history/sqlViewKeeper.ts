import type { HistoryEngine, SqlViewProblem } from "../ports/historyEngine.js"
import type { Landed, LandedReader } from "./landed.js"
import { sqlViews } from "./sqlViews.js"

export interface KeptSqlViews {
  /** The table that they were created for. */
  readonly landed: Landed
  /** The views that could not be created. */
  readonly problems: readonly SqlViewProblem[]
}

/** Keeps an engine's SQL views in step with the event registry and the table. */
export class SqlViewKeeper {
  readonly #reader: LandedReader
  readonly #engine: HistoryEngine
  #kept = ""

  /** The reader must be one of all realms. */
  constructor(reader: LandedReader, engine: HistoryEngine) {
    this.#reader = reader
    this.#engine = engine
  }

  /**
   * Creates the views, or replaces those whose definition has changed. Those that could not be created are retried the
   * next time. Idempotent. Throws HISTORY_UNAVAILABLE, and what reading the table throws.
   */
  async keep(signal: AbortSignal): Promise<KeptSqlViews> {
    const landed = await this.#reader.read()
    // Views outlive this version of the table.
    const newest = { ...landed.version(), version: null }
    const views = sqlViews(version => this.#engine.eventsTable(version), newest)
    const wanted = JSON.stringify(views)
    if (wanted === this.#kept) return { landed, problems: [] }
    const problems = await this.#engine.keepViews(views, signal)
    if (problems.length === 0) this.#kept = wanted
    return { landed, problems }
  }
}
