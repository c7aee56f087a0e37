import { join } from "node:path"
import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  JsonDuckDBValueConverter,
  StatementType,
} from "@duckdb/node-api"
import { quoteName, quoteText, sqlTypes } from "../../lake/sql.js"
import { Semaphore } from "../../lib/semaphore.js"
import { messageOf } from "../../lib/systemError.js"
import { wholeNumber } from "../../lib/wholeNumber.js"
import { Fault, isFault } from "../../ports/faults.js"
import type {
  Cell,
  Dialect,
  EngineAnswer,
  EngineRow,
  HistoryEngine,
  QueryOptions,
  SqlView,
  SqlViewProblem,
  TableFile,
  TableVersion,
} from "../../ports/historyEngine.js"
import type { Database } from "./database.js"
import { pathPattern } from "./paths.js"

/** Each query occupies one of the process's four libuv pool threads while it runs. */
const QUERIES_MAX = 2
const WAITING_MAX = 64

/** DuckDB loses an interrupt that comes between two of its steps, so it is repeated until the query ends. */
const INTERRUPT_AGAIN_MS = 50

/** The column with a row's file; no event can have a field of this name. */
const FILE = "its file"

/** Times in the log are whole milliseconds. */
const dialect: Dialect = {
  time: ms => `TIMESTAMPTZ '${new Date(ms).toISOString().replace("T", " ").replace("Z", "+00")}'`,
  milliseconds: time => `epoch_ms(${time})`,
}

export interface DuckdbHistoryOptions {
  /** The table's folder. */
  readonly folder: string
  readonly database: Database
}

/** History on this machine: DuckDB reads exactly the files of a snapshot. Queries run on DuckDB's own threads. */
export class DuckdbHistoryEngine implements HistoryEngine {
  readonly dialect = dialect
  readonly #folder: string
  readonly #database: Database
  readonly #permits = new Semaphore(
    QUERIES_MAX,
    WAITING_MAX,
    waiting => new Fault("OVERLOADED", `${waiting} queries already wait for DuckDB`),
  )

  constructor({ folder, database }: DuckdbHistoryOptions) {
    this.#folder = folder
    this.#database = database
  }

  /** Older files have fewer columns: the first part of the union has all columns, and no rows. */
  eventsTable({ files, columns }: TableVersion): string {
    const all = columns.map(({ name, kind }) => `CAST(NULL AS ${sqlTypes[kind]}) AS ${quoteName(name)}`)
    const none = `SELECT ${all.join(", ")} WHERE false`
    if (files.length === 0) return `(${none})`
    return `(${none} UNION ALL BY NAME ${this.#rowsOf(files)})`
  }

  /**
   * DuckDB would read a partition from every folder called key=value, even above the table, and hide the files' own
   * values of that column. Rejected: one part of the union per day; a thousand days take three times as long.
   */
  #rowsOf(files: readonly TableFile[]): string {
    const paths = files.map(({ path }) => join(this.#folder, path))
    const keys = [...new Set(files.flatMap(({ partition }) => Object.keys(partition)))]
    const partitions = files.map(({ partition }, f) => {
      const values = keys.map(key => partition[key] ?? null)
      return `(${[paths[f] ?? "", ...values].map(literal).join(", ")})`
    })
    const options = `union_by_name = true, hive_partitioning = false, filename = ${quoteText(FILE)}`
    const read = `SELECT ${without(keys)} FROM read_parquet([${paths.map(pathPattern).join(", ")}], ${options})`
    const values = keys.map(key => `, "partitions".${quoteName(key)}`)
    const names = [FILE, ...keys].map(quoteName)
    return `SELECT "rows".* EXCLUDE (${quoteName(FILE)})${values.join("")} FROM (${read}) AS "rows"
      JOIN (VALUES ${partitions.join(", ")}) AS "partitions"(${names.join(", ")}) USING (${quoteName(FILE)})`
  }

  async query(sql: string, options: QueryOptions): Promise<EngineAnswer> {
    return this.#run(options.signal, async connection => {
      const statement = await reading(connection, sql)
      return answerOf(await statement.stream(), options)
    })
  }

  /** The process's own database holds no views of anybody else. */
  async keepViews(views: readonly SqlView[], signal: AbortSignal): Promise<readonly SqlViewProblem[]> {
    await this.#run(signal, async connection => {
      for (const { name, select } of views) {
        await connection.run(`CREATE OR REPLACE VIEW ${quoteName(name)} AS ${select}`)
      }
    })
    return []
  }

  /** Nothing to do: the process owns the database. */
  async close(): Promise<void> {}

  async #run<T>(signal: AbortSignal, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const release = await this.#permits.take(signal)
    if (release === null) throw ended()
    try {
      return await this.#database.connected(connection =>
        interruptedBy(signal, connection, () => work(connection)),
      )
    } catch (error) {
      if (signal.aborted) throw ended()
      throw isFault(error) ? error : failure(error)
    } finally {
      release()
    }
  }
}

/** The text's single statement, which must only read. Throws BAD_USER_INPUT, and what DuckDB throws. */
async function reading(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  // DuckDB reads up to the first NUL: the rest would be ignored silently.
  if (sql.includes("\0")) throw new Fault("BAD_USER_INPUT", "duckdb: expected SQL without NUL")
  if (sql.trim() === "") throw new Fault("BAD_USER_INPUT", "duckdb: expected a statement, got nothing")
  const statements = await connection.extractStatements(sql)
  if (statements.count !== 1) {
    throw new Fault("BAD_USER_INPUT", `duckdb: expected one statement, got ${statements.count}`)
  }
  const statement = await statements.prepare(0)
  if (statement.statementType !== StatementType.SELECT) {
    throw new Fault("BAD_USER_INPUT", "duckdb: expected a statement that only reads: SELECT, WITH, DESCRIBE")
  }
  return statement
}

/** Reads rows chunk by chunk, so that other work gets its turn in between. */
async function answerOf(
  result: DuckDBResult,
  { signal, rowsMax = Number.POSITIVE_INFINITY }: QueryOptions,
): Promise<EngineAnswer> {
  const columns = result.columnNames()
  const rows: EngineRow[] = []
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { columns, rows }
    if (rows.length + chunk.rowCount > rowsMax) {
      throw new Fault("LIMIT_EXCEEDED", `the answer has more than ${rowsMax} rows: ask for less`)
    }
    rows.push(...chunk.convertRows(cellOf))
    if (signal.aborted) throw ended()
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** Converts a DuckDB value to a cell of the engine port. */
function cellOf(value: DuckDBValue, type: DuckDBType): Cell {
  if (value === null) return null
  if (typeof value === "bigint") return wholeNumber(value)
  if (type.typeId === DuckDBTypeId.DOUBLE || type.typeId === DuckDBTypeId.FLOAT) return Number(value)
  const json = JsonDuckDBValueConverter(value, type, JsonDuckDBValueConverter)
  return typeof json === "object" && json !== null ? JSON.stringify(json) : json
}

async function interruptedBy<T>(
  signal: AbortSignal,
  connection: DuckDBConnection,
  work: () => Promise<T>,
): Promise<T> {
  let again: NodeJS.Timeout | null = null
  const interrupt = () => {
    connection.interrupt()
    again ??= setInterval(() => connection.interrupt(), INTERRUPT_AGAIN_MS)
  }
  signal.addEventListener("abort", interrupt, { once: true })
  if (signal.aborted) interrupt()
  try {
    return await work()
  } finally {
    signal.removeEventListener("abort", interrupt)
    if (again !== null) clearInterval(again)
  }
}

function literal(text: string | null): string {
  return text === null ? "CAST(NULL AS VARCHAR)" : quoteText(text)
}

/** All columns except these; unlike EXCLUDE it accepts names that do not exist. */
function without(names: readonly string[]): string {
  return names.length === 0 ? "*" : `COLUMNS(lambda c: c NOT IN (${names.map(quoteText).join(", ")}))`
}

function ended(): Fault {
  return new Fault(
    "HISTORY_UNAVAILABLE",
    "duckdb: the query was ended before its answer: it took too long, or was given up",
  )
}

/** DuckDB marks an error in the SQL only by the beginning of its message. */
const OF_THE_SQL = /^(Failed to [a-z ]+: )?(Parser|Binder|Catalog|Conversion|Syntax|Out of Range) Error/

function failure(error: unknown): Fault {
  const message = messageOf(error)
  const code = OF_THE_SQL.test(message) ? "BAD_USER_INPUT" : "HISTORY_UNAVAILABLE"
  return new Fault(code, `duckdb: ${message}`, { cause: error })
}
