import type { HistoryEngine, SqlViewProblem } from "../ports/historyEngine.js"
import type { Landed, LandedReader } from "./landed.js"
import { sqlViews } from "./sqlViews.js"

export interface KeptSqlViews {
  /** The table that they were made for. */
  readonly landed: Landed
  /** Those that could not be made. */
  readonly problems: readonly SqlViewProblem[]
}

/** Keeps an engine's SQL views as the event registry and the table have them. */
export class SqlViewKeeper {
  readonly #reader: LandedReader
  readonly #engine: HistoryEngine
  #kept = ""

  /** The reader is one of all realms. */
  constructor(reader: LandedReader, engine: HistoryEngine) {
    this.#reader = reader
    this.#engine = engine
  }

  /**
   * Makes the views, or replaces them where what they stand for has changed. Those that could not be made are tried again
   * the next time. Idempotent. Throws HISTORY_UNAVAILABLE, and what reading the table throws.
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
