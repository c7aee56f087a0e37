import { quoteName, sqlTypes } from "../../lake/sql.js"
import { Semaphore } from "../../lib/semaphore.js"
import { wholeNumber } from "../../lib/wholeNumber.js"
import { Fault } from "../../ports/faults.js"
import type {
  Cell,
  Dialect,
  EngineAnswer,
  EngineRow,
  HistoryEngine,
  QueryOptions,
  SqlView,
  SqlViewProblem,
  TableVersion,
} from "../../ports/historyEngine.js"
import { keepViews } from "./metastoreViews.js"
import type { PrestoColumn, ResultPage } from "./page.js"
import { PrestoProblem, problemOfFailure } from "./problem.js"
import { StatementClient } from "./statementClient.js"

/** How many queries a process runs at once. */
const QUERIES_MAX = 8
const WAITING_MAX = 64

const dialect: Dialect = {
  time: ms => `timestamp '${new Date(ms).toISOString().replace("T", " ").replace("Z", " UTC")}'`,
  milliseconds: time => `CAST(round(to_unixtime(${time}) * 1000) AS BIGINT)`,
}

export interface PrestoHistoryOptions {
  /** http://host:port or https://host:port; user and password may precede the host. */
  readonly url: string
  /** The table's folder as Presto names it: hdfs://…/events */
  readonly table: string
  /** The schema in the Hive metastore where views are kept, and the folder that such a schema must have. */
  readonly schema: string
  readonly schemaLocation: string
}

/** History at scale: Presto reads the Delta table by its path, and keeps views in the Hive metastore. */
export class PrestoHistoryEngine implements HistoryEngine {
  readonly dialect = dialect
  readonly #options: PrestoHistoryOptions
  readonly #client: StatementClient
  readonly #place: string
  #isClosed = false
  /**
   * End the running queries, one each. Rejected: one signal for all, since AbortSignal.any retains something of each call
   * in a long-lived signal (Node.js 20).
   */
  readonly #ends = new Set<AbortController>()
  readonly #permits = new Semaphore(
    QUERIES_MAX,
    WAITING_MAX,
    waiting => new Fault("OVERLOADED", `${waiting} queries already wait for Presto`),
  )

  constructor(options: PrestoHistoryOptions) {
    const { url, schema } = options
    this.#options = options
    this.#client = new StatementClient({ url, catalog: "hive", schema })
    this.#place = `presto at ${this.#client.host} (PRESTO_URL)`
  }

  /** The table by its path and version (`events@v5`); a column that the table does not have yet is null. */
  eventsTable({ version, columns, present }: TableVersion): string {
    const path = version === null ? this.#options.table : `${this.#options.table}@v${version}`
    const cells = columns.map(({ name, kind }) => {
      const column = quoteName(name)
      return present.has(name) ? column : `CAST(NULL AS ${sqlTypes[kind]}) AS ${column}`
    })
    // Before the first landing there is no table.
    if (present.size === 0) return `(SELECT ${cells.join(", ")} WHERE false)`
    return `(SELECT ${cells.join(", ")} FROM delta."$path$".${quoteName(path)})`
  }

  async query(sql: string, options: QueryOptions): Promise<EngineAnswer> {
    if (!isReading(sql)) {
      throw new Fault("BAD_USER_INPUT", "presto: expected a statement that only reads: SELECT, WITH, SHOW")
    }
    return this.#run(options.signal, signal => this.#ask(withoutSemicolon(sql), { ...options, signal }))
  }

  keepViews(views: readonly SqlView[], signal: AbortSignal): Promise<readonly SqlViewProblem[]> {
    const { schema, schemaLocation } = this.#options
    return this.#run(signal, ending =>
      keepViews({ schema, schemaLocation, views, ask: sql => this.#ask(sql, { signal: ending }) }),
    )
  }

  /** Ends the running queries, in Presto too. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const end of this.#ends) end.abort()
    await this.#client.close()
  }

  async #run<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw this.#ended()
    const end = new AbortController()
    this.#ends.add(end)
    try {
      return await this.#permitted(AbortSignal.any([signal, end.signal]), work)
    } finally {
      this.#ends.delete(end)
    }
  }

  async #permitted<T>(ending: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const release = await this.#permits.take(ending)
    if (release === null) throw this.#ended()
    try {
      return await work(ending)
    } catch (error) {
      if (ending.aborted) throw this.#ended()
      throw error
    } finally {
      release()
    }
  }

  async #ask(
    sql: string,
    { signal, rowsMax = Number.POSITIVE_INFINITY }: QueryOptions,
  ): Promise<EngineAnswer> {
    let columns: readonly PrestoColumn[] = []
    const rows: EngineRow[] = []
    const take = (page: ResultPage) => {
      if (page.failure !== null) throw problemOfFailure(page.failure)
      if (page.columns !== null) columns = page.columns
      if (rows.length + page.rows.length > rowsMax) {
        throw new Fault("LIMIT_EXCEEDED", `the answer has more than ${rowsMax} rows: ask for less`)
      }
      for (const row of page.rows) rows.push(columns.map(({ type }, c) => cellOf(row[c], type)))
    }
    try {
      await this.#client.run(sql, signal, take)
    } catch (error) {
      throw this.#fault(error)
    }
    return { columns: columns.map(({ name }) => name), rows }
  }

  #fault(error: unknown): unknown {
    if (!(error instanceof PrestoProblem)) return error
    return new Fault(error.code, `${this.#place}: ${error.message}`, { cause: error })
  }

  #ended(): Fault {
    const message = "the query was ended before its answer: it took too long, or was given up"
    return new Fault("HISTORY_UNAVAILABLE", `${this.#place}: ${message}`)
  }
}

/** How a read-only Presto statement begins. EXPLAIN ANALYZE is left out: it runs what it explains. */
const READS = /^(select|with|values|table|show|describe|desc|explain\s+(select|with|values|table))\b/i

/** White space, comments and brackets before the first word. */
const BEFORE = /^(\s|\(|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/

/** Whether a statement only reads. Presto takes one statement at a time. */
function isReading(sql: string): boolean {
  return READS.test(sql.replace(BEFORE, ""))
}

/** Presto rejects a semicolon after a statement, which all other tools accept. */
function withoutSemicolon(sql: string): string {
  return sql.replace(/;\s*$/, "")
}

const WHOLE = new Set(["bigint", "integer", "smallint", "tinyint"])
const FLOATING = new Set(["double", "real"])

/** Converts a Presto value to a cell of the engine port. Long numbers arrive as texts, so that none is rounded. */
function cellOf(value: unknown, type: string): Cell {
  if (value === null || value === undefined) return null
  if (WHOLE.has(type)) return wholeNumber(BigInt(value as string | number))
  if (FLOATING.has(type)) return Number(value)
  if (typeof value === "boolean" || typeof value === "string") return value
  return JSON.stringify(value)
}
