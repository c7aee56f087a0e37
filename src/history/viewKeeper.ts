import type { HistoryEngine } from "../ports/historyEngine.js"
import type { LandedReader } from "./landed.js"
import { viewDefinitions } from "./views.js"

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
   * Makes the views anew where what they stand for has changed. Repeatable. Throws HISTORY_UNAVAILABLE, and what
   * reading the table throws.
   */
  async keep(signal: AbortSignal): Promise<void> {
    const landed = await this.#reader.read()
    const views = viewDefinitions(version => this.#engine.eventsTable(version), landed.version())
    const wanted = JSON.stringify(views)
    if (wanted === this.#kept) return
    await this.#engine.keepViews(views, signal)
    this.#kept = wanted
  }
}
