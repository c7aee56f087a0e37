import type { Column } from "./parquet.js"

/**
 * A value in an engine's answer: whole numbers as numbers while they are safe, else as bigints; what JSON cannot
 * express (times, days, decimals) as the engine's own text.
 */
export type Cell = string | number | bigint | boolean | null

/** The cells of a row, in column order. */
export type EngineRow = readonly Cell[]

/** An answer: its columns in order, even when there are no rows. A name may occur twice: `SELECT a.x, b.x`. */
export interface EngineAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly EngineRow[]
}

/** Where the engines' SQL differs. Arguments are SQL, or whole milliseconds since 1970. */
export interface Dialect {
  /** A time as a literal. */
  time(ms: number): string
  /** A time as whole milliseconds since 1970. */
  milliseconds(time: string): string
}

/** A data file of the table. */
export interface TableFile {
  /** Relative to the table. A file-system path, not the URL-encoded one of the table's log. */
  readonly path: string
  /** The values of its partition columns, from the table's log. The names of its folders mean nothing. */
  readonly partition: Readonly<Record<string, string | null>>
}

/** One version of the table of events. */
export interface TableVersion {
  /** Its number in the table's log at the time of reading; null: the newest version when a query runs. */
  readonly version: number | null
  /** The files that belong to it. */
  readonly files: readonly TableFile[]
  /** The columns to return. One that the table, or one of its files, does not have yet is null. */
  readonly columns: readonly Column[]
  /** The names of the columns that the table already has. */
  readonly present: ReadonlySet<string>
}

/** A view to create or replace. */
export interface SqlView {
  readonly name: string
  /** Its defining query. */
  readonly select: string
}

/** A view that could not be created, and why. */
export interface SqlViewProblem {
  readonly name: string
  readonly problem: string
}

export interface QueryOptions {
  /** Cancels the query, in the engine too. */
  readonly signal: AbortSignal
  /** A query with more rows fails with LIMIT_EXCEEDED. */
  readonly rowsMax?: number
}

/** Answers SQL over the lake. */
export interface HistoryEngine {
  readonly dialect: Dialect

  /** The table of events at a version, with all of its columns, as SQL for a FROM clause. */
  eventsTable(version: TableVersion): string

  /**
   * Runs one read-only statement; it queues, as only a few run at a time. Throws HISTORY_UNAVAILABLE when the engine is
   * unreachable, fails or is too busy, or when the signal is aborted; OVERLOADED when too many wait; LIMIT_EXCEEDED for
   * too many rows, or for more resources than the engine allows one query; BAD_USER_INPUT for SQL that it rejects, and
   * for a statement that writes. One semicolon may end the statement. Idempotent.
   */
  query(sql: string, options: QueryOptions): Promise<EngineAnswer>

  /**
   * Creates or replaces these views, for SQL that people write. Idempotent. Returns those that could not be created, for
   * example because somebody else's table or view has the name; all others are in place. Throws what `query` throws.
   */
  keepViews(views: readonly SqlView[], signal: AbortSignal): Promise<readonly SqlViewProblem[]>

  /** Ends what is running: pending `query` and `keepViews` calls throw HISTORY_UNAVAILABLE. */
  close(): Promise<void>
}
