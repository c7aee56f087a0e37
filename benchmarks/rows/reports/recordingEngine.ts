import type {
  Dialect,
  EngineAnswer,
  HistoryEngine,
  QueryOptions,
  SqlView,
  SqlViewProblem,
  TableVersion,
} from "../../../src/ports/historyEngine.js"

/** An engine that also keeps the SQL of each query. */
export class RecordingEngine implements HistoryEngine {
  readonly statements: string[] = []
  readonly #engine: HistoryEngine

  constructor(engine: HistoryEngine) {
    this.#engine = engine
  }

  get dialect(): Dialect {
    return this.#engine.dialect
  }

  eventsTable(version: TableVersion): string {
    return this.#engine.eventsTable(version)
  }

  query(sql: string, options: QueryOptions): Promise<EngineAnswer> {
    this.statements.push(sql)
    return this.#engine.query(sql, options)
  }

  keepViews(views: readonly SqlView[], signal: AbortSignal): Promise<readonly SqlViewProblem[]> {
    return this.#engine.keepViews(views, signal)
  }

  close(): Promise<void> {
    return this.#engine.close()
  }
}
