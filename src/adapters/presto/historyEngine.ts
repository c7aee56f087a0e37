import jsonBigint from "json-bigint"
import { Client, type Column } from "presto-client"
import { Fault, isFault } from "../../ports/faults.js"
import type {
  Dialect,
  EngineAnswer,
  EngineRow,
  HistoryEngine,
  QueryOptions,
  TableVersion,
  ViewDefinition,
} from "../../ports/historyEngine.js"
import { Permits } from "../../ports/permits.js"
import { quoteName, quoteText, sqlTypes } from "../../ports/sql.js"
import { cellOf } from "./cells.js"
import { isReading } from "./reading.js"

/** Of one process, at a time. */
const QUERIES_MAX = 8
const WAITING_MAX = 64

/** The client asks for an answer's next part after this; its own 800 ms make each query as slow as that. */
const CHECK_MS = 15

/** The client itself gives up after this: the signal comes earlier. */
const TIMEOUT_S = 300

const dialect: Dialect = {
  time: ms => `timestamp '${new Date(ms).toISOString().replace("T", " ").replace("Z", " UTC")}'`,
  milliseconds: time => `CAST(round(to_unixtime(${time}) * 1000) AS BIGINT)`,
}

export interface PrestoHistoryOptions {
  /** http://host:port or https://host:port; a user and a password may stand before the host. */
  readonly url: string
  /** The table as Presto names its folder: hdfs://…/events */
  readonly table: string
  /** Where views are kept, in the Hive metastore, and the folder that a schema there must have. */
  readonly schema: string
  readonly schemaLocation: string
}

/** What Presto says of a query that failed. */
interface PrestoError {
  readonly message?: string
  readonly errorType?: string
  readonly error?: { readonly errorType?: string; readonly message?: string; readonly code?: string }
}

/** History at scale: Presto reads the Delta table by its path, and keeps views in the Hive metastore. */
export class PrestoHistoryEngine implements HistoryEngine {
  readonly dialect = dialect
  readonly #options: PrestoHistoryOptions
  readonly #place: string
  readonly #client: Client
  readonly #permits = new Permits(QUERIES_MAX, WAITING_MAX, "queries already wait for Presto")

  constructor(options: PrestoHistoryOptions) {
    const { protocol, hostname, port, username, password } = new URL(options.url)
    const secure = protocol === "https:"
    const user = decodeURIComponent(username) || "guildhall"
    this.#options = options
    this.#place = `presto at ${hostname}:${port} (PRESTO_URL)`
    this.#client = new Client({
      host: hostname,
      port: port === "" ? (secure ? 443 : 80) : Number(port),
      user,
      catalog: "hive",
      schema: options.schema,
      source: "guildhall",
      checkInterval: CHECK_MS,
      jsonParser: jsonBigint({ storeAsString: true }),
      timeout: TIMEOUT_S,
      ...(secure ? { ssl: {} } : {}),
      ...(password === "" ? {} : { basic_auth: { user, password: decodeURIComponent(password) } }),
    })
  }

  /** Presto reads the newest version by itself; a column that the table does not have yet is made up. */
  eventsTable({ columns, present }: TableVersion): string {
    const table = `delta."$path$".${quoteName(this.#options.table)}`
    const cells = columns.map(({ name, kind }) => {
      const column = quoteName(name)
      return present.has(name) ? column : `CAST(NULL AS ${sqlTypes[kind]}) AS ${column}`
    })
    // Before the first landing there is no table.
    if (present.size === 0) return `(SELECT ${cells.join(", ")} WHERE false)`
    return `(SELECT ${cells.join(", ")} FROM ${table})`
  }

  async query(sql: string, options: QueryOptions): Promise<EngineAnswer> {
    if (!isReading(sql)) {
      throw new Fault("BAD_USER_INPUT", "presto: expected a statement that only reads: SELECT, WITH, SHOW")
    }
    return this.#run(options.signal, () => this.#ask(sql, options))
  }

  async keepViews(views: readonly ViewDefinition[], signal: AbortSignal): Promise<void> {
    const { schema, schemaLocation } = this.#options
    const place = `hive.${quoteName(schema)}`
    const location = `WITH (location = ${quoteText(schemaLocation)})`
    await this.#run(signal, async () => {
      await this.#ask(`CREATE SCHEMA IF NOT EXISTS ${place} ${location}`, { signal })
      for (const { name, select } of views) {
        await this.#ask(`CREATE OR REPLACE VIEW ${place}.${quoteName(name)} AS ${select}`, { signal })
      }
    })
  }

  async close(): Promise<void> {}

  async #run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.#permits.take(signal)
    if (release === null) throw this.#ended()
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) throw this.#ended()
      throw isFault(error) ? error : this.#failure(error)
    } finally {
      release()
    }
  }

  /** Answers or throws as soon as the signal comes, whatever the service does; it is told to end the query. */
  #ask(sql: string, { signal, rowsMax = Number.POSITIVE_INFINITY }: QueryOptions): Promise<EngineAnswer> {
    let columns: readonly Column[] = []
    const rows: EngineRow[] = []
    let queryId: string | null = null
    let isOver = false
    return new Promise<EngineAnswer>((resolve, reject) => {
      const end = (error: unknown) => {
        isOver = true
        if (queryId !== null) this.#client.kill(queryId, () => {})
        reject(error)
      }
      const aborted = () => end(this.#ended())
      const settle = (act: () => void) => {
        isOver = true
        signal.removeEventListener("abort", aborted)
        act()
      }
      signal.addEventListener("abort", aborted, { once: true })
      if (signal.aborted) return aborted()
      this.#client.execute({
        query: sql,
        timezone: "UTC",
        cancel: () => isOver,
        state: (_error, id) => {
          queryId = id
        },
        columns: (_error, found) => {
          columns = found
        },
        data: (_error, data) => {
          if (isOver) return
          if (rows.length + data.length <= rowsMax) rows.push(...data.map(row => rowOf(columns, row)))
          else end(new Fault("LIMIT_EXCEEDED", `the answer has more than ${rowsMax} rows: ask for less`))
        },
        success: () => settle(() => resolve({ columns: columns.map(({ name }) => name), rows })),
        error: error => settle(() => reject(error)),
      })
    })
  }

  #ended(): Fault {
    const message = "the query was ended before its answer: too late, or given up"
    return new Fault("HISTORY_UNAVAILABLE", `${this.#place}: ${message}`)
  }

  #failure(error: unknown): Fault {
    const { message = String(error), errorType, error: inner } = error as PrestoError
    const type = errorType ?? inner?.errorType
    const cause = inner?.message || inner?.code
    const why = cause === undefined || cause === message ? "" : `: ${cause}`
    const code = type === "USER_ERROR" ? "BAD_USER_INPUT" : "HISTORY_UNAVAILABLE"
    return new Fault(code, `${this.#place}: ${message}${why}`, { cause: error })
  }
}

function rowOf(columns: readonly Column[], row: readonly unknown[]): EngineRow {
  return Object.fromEntries(columns.map(({ name, type }, c) => [name, cellOf(row[c], type)]))
}
