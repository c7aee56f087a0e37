import type { Column } from "./parquet.js"

/**
 * A value as an engine answers it: whole numbers as numbers while they are safe, else as bigints; what has no JSON
 * (times, days, decimals) as the engine writes it.
 */
export type Cell = string | number | bigint | boolean | null

/** The cells of a row, in the order of the answer's columns. */
export type EngineRow = readonly Cell[]

/** An answer: the columns in their order, even when there is no row. A name may occur twice: `SELECT a.x, b.x`. */
export interface EngineAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly EngineRow[]
}

/** Where engines write SQL differently. Arguments are SQL, or whole milliseconds since 1970. */
export interface Dialect {
  /** A time as a literal. */
  time(ms: number): string
  /** A time as whole milliseconds since 1970. */
  milliseconds(time: string): string
}

/** A data file of the table. */
export interface TableFile {
  /** Relative to the table: as the file system has it, not as the URL that the table's log has. */
  readonly path: string
  /** Its partition, by column, as the table's log says. What its folders are called means nothing. */
  readonly partition: Readonly<Record<string, string | null>>
}

/** One version of the table of events. */
export interface TableVersion {
  /** Its number in the table's log, as it was read; null: whatever is the newest when a query runs. */
  readonly version: number | null
  /** The files that count. */
  readonly files: readonly TableFile[]
  /** What to give. A column that the table, or a file of it, does not have yet is null. */
  readonly columns: readonly Column[]
  /** The names of the columns that the table has. */
  readonly present: ReadonlySet<string>
}

/** A view to be made, or replaced. */
export interface SqlView {
  readonly name: string
  /** The query that it stands for. */
  readonly select: string
}

/** A view that could not be made, and why. */
export interface SqlViewProblem {
  readonly name: string
  readonly problem: string
}

export interface QueryOptions {
  /** Ends the query, in the engine too. */
  readonly signal: AbortSignal
  /** More rows end it with LIMIT_EXCEEDED. */
  readonly rowsMax?: number
}

/** Answers SQL over the lake. */
export interface HistoryEngine {
  readonly dialect: Dialect

  /** The table of events at a version, to stand after FROM: with all of its columns. */
  eventsTable(version: TableVersion): string

  /**
   * Runs one statement that only reads; it takes its turn, as few run at a time. Throws HISTORY_UNAVAILABLE when the
   * engine is away, fails, is too busy, or the signal came; OVERLOADED when too many wait; LIMIT_EXCEEDED for too many
   * rows, or more than the engine allows one query; BAD_USER_INPUT for SQL that it does not take, also for a statement
   * that writes. One semicolon may end the statement. Idempotent.
   */
  query(sql: string, options: QueryOptions): Promise<EngineAnswer>

  /**
   * Makes these views, or replaces them, for SQL that people write. Idempotent. The answer names those that could not be
   * made, for example because somebody else's table or view has the name; the others are there. Throws what `query` throws.
   */
  keepViews(views: readonly SqlView[], signal: AbortSignal): Promise<readonly SqlViewProblem[]>

  /** Ends what is on its way: `query` and `keepViews` then throw HISTORY_UNAVAILABLE. */
  close(): Promise<void>
}
