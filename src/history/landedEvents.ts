import { dayOf, PARTITION_COLUMN } from "../lake/columns.js"
import { type NamedRow, namedRows } from "../lake/namedRows.js"
import { quoteInteger, quoteName, quoteText } from "../lake/sql.js"
import { Fault, isFault } from "../ports/faults.js"
import { type Cell, type HistoryEngine } from "../ports/historyEngine.js"
import type { Landed } from "./landed.js"
import { ALWAYS, type Span } from "./span.js"

/** What a query selects from the landed events. */
export interface Selection {
  /** The SELECT expressions by name. */
  readonly columns: Readonly<Record<string, string>>
  readonly span?: Span
  /** SQL conditions, all of which must hold. */
  readonly where: readonly string[]
  /** The SQL after the conditions: GROUP BY, ORDER BY, LIMIT. */
  readonly rest?: string
  /** More rows than this are LIMIT_EXCEEDED. */
  readonly rowsMax: number
}

/** Asks an engine for the landed events of one realm, and of no other, below the watermark (R41). */
export class LandedEvents {
  readonly engine: HistoryEngine
  /** How many queries the engine has answered. */
  answered = 0
  readonly #realm: number

  constructor(engine: HistoryEngine, realm: number) {
    this.engine = engine
    this.#realm = realm
  }

  /**
   * Selects only what had landed in this version, whatever has landed since; no rows at all when nothing has.
   * Throws HISTORY_UNAVAILABLE and LIMIT_EXCEEDED. SQL that the engine rejects is our bug.
   */
  async select(landed: Landed, selection: Selection, signal: AbortSignal): Promise<readonly NamedRow[]> {
    if (landed.offset === 0) return []
    const sql = this.sql(landed, selection)
    try {
      const rows = namedRows(await this.engine.query(sql, { signal, rowsMax: selection.rowsMax }))
      this.answered += 1
      return rows
    } catch (error) {
      if (!isFault(error, "BAD_USER_INPUT")) throw error
      throw new Error(`history: the engine rejects our SQL: ${error.message}`, { cause: error })
    }
  }

  sql(landed: Landed, { columns, span = ALWAYS, where, rest = "" }: Selection): string {
    const names = Object.entries(columns).map(([name, expression]) => `${expression} AS ${quoteName(name)}`)
    const conditions = [
      `"realm" = ${quoteInteger(this.#realm)}`,
      `"log_offset" < ${quoteInteger(landed.offset)}`,
      ...this.#isWithin(span),
      ...where,
    ]
    const from = `${this.engine.eventsTable(landed.version(span))} AS "events"`
    return `SELECT ${names.join(", ")} FROM ${from} WHERE ${conditions.join(" AND ")} ${rest}`
  }

  /** Names the day as well, so that an engine need not open the other days' files. */
  #isWithin({ from, to }: Span): string[] {
    const { dialect } = this.engine
    const day = quoteName(PARTITION_COLUMN)
    const conditions: string[] = []
    if (from !== null) {
      conditions.push(`"appended_at" >= ${dialect.time(from)}`, `${day} >= ${quoteText(dayOf(from))}`)
    }
    if (to !== null) {
      conditions.push(`"appended_at" < ${dialect.time(to)}`, `${day} <= ${quoteText(dayOf(to - 1))}`)
    }
    return conditions
  }
}

/** `IN (…)`; `false` for no values. */
export function isIn(expression: string, values: readonly string[]): string {
  return values.length === 0 ? "false" : `${expression} IN (${values.map(quoteText).join(", ")})`
}

/** A cell that is a whole number; null counts as 0, as in a sum over no rows. Throws LIMIT_EXCEEDED beyond 2^53 - 1. */
export function numberOf(cell: Cell | undefined): number {
  if (cell === null) return 0
  if (typeof cell === "number") return cell
  if (typeof cell === "bigint") {
    throw new Fault("LIMIT_EXCEEDED", `a sum is beyond 2^53 - 1 (${cell}): ask for less`)
  }
  throw new Error(`history: expected a number from the engine, got ${typeof cell}`)
}

export function textOf(cell: Cell | undefined): string {
  if (typeof cell === "string") return cell
  throw new Error(`history: expected a text from the engine, got ${typeof cell}`)
}

export function textOrNull(cell: Cell | undefined): string | null {
  return cell === null ? null : textOf(cell)
}
