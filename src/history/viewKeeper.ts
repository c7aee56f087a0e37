import type { HistoryEngine, ViewProblem } from "../ports/historyEngine.js"
import type { Landed, LandedReader } from "./landed.js"
import { viewDefinitions } from "./views.js"

export interface KeptViews {
  /** The table that they were made for. */
  readonly landed: Landed
  /** Those that could not be made. */
  readonly problems: readonly ViewProblem[]
}

/** Keeps an engine's SQL views as the event registry and the table have them. */
export class ViewKeeper {
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
  async keep(signal: AbortSignal): Promise<KeptViews> {
    const landed = await this.#reader.read()
    // Views outlive this version of the table.
    const newest = { ...landed.version(), version: null }
    const views = viewDefinitions(version => this.#engine.eventsTable(version), newest)
    const wanted = JSON.stringify(views)
    if (wanted === this.#kept) return { landed, problems: [] }
    const problems = await this.#engine.keepViews(views, signal)
    if (problems.length === 0) this.#kept = wanted
    return { landed, problems }
  }
}
