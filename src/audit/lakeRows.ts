import { columnName, readableColumns } from "../lake/columns.js"
import { type NamedRow, namedRows } from "../lake/namedRows.js"
import { quoteInteger, quoteName, quoteText } from "../lake/sql.js"
import { isFault } from "../ports/faults.js"
import type { HistoryEngine } from "../ports/historyEngine.js"
import { type GoldAccount, type GoldFlow, goldFlows, goldMoves } from "./gold.js"
import type { LakeDataFile, LakeTable } from "./lakeTable.js"

/** How long one query of an audit may take. */
const QUERY_MS = 120_000

/** Sums over the realm's rows that have a landed offset. */
export interface LakeSums extends GoldAccount {
  readonly rows: number
}

/** A row that belongs to no event of a log. */
interface Stray {
  readonly realm: number | null
  readonly log_offset: number | null
  readonly event_index: number | null
}

export interface Strays {
  readonly count: number
  /** Null when there are none. */
  readonly first: Stray | null
}

/** Queries the rows of one realm, at the version that the audit read. All methods throw what the engine throws. */
export class LakeRows {
  readonly #engine: HistoryEngine
  readonly #realm: number
  readonly #table: LakeTable
  readonly #columns = readableColumns()

  constructor(engine: HistoryEngine, realm: number, table: LakeTable) {
    this.#engine = engine
    this.#realm = realm
    this.#table = table
  }

  /** Whether the engine reads only the files that it is given, so that it can find which one has a row. */
  canNameFiles([one, other]: readonly LakeDataFile[]): boolean {
    return one === undefined || this.#from([one]) !== this.#from(other === undefined ? [] : [other])
  }

  /** The rows of these offsets, in log order, as values by column. LIMIT_EXCEEDED when there are more than allowed. */
  between(
    start: number,
    end: number,
    files: readonly LakeDataFile[],
    rowsMax: number,
  ): Promise<readonly NamedRow[]> {
    const cells = this.#columns.map(({ name, kind }) => {
      const column = quoteName(name)
      const value = kind === "time" ? this.#engine.dialect.milliseconds(column) : column
      return `${value} AS ${column}`
    })
    const conditions = [
      this.#isOfRealm,
      `"log_offset" >= ${quoteInteger(start)}`,
      `"log_offset" < ${quoteInteger(end)}`,
      `"event_index" IS NOT NULL`,
    ]
    const where = conditions.join(" AND ")
    const order = `"events"."log_offset", "events"."event_index"`
    const sql = `SELECT ${cells.join(", ")} FROM ${this.#from(files)} WHERE ${where} ORDER BY ${order}`
    return this.#ask(sql, { rowsMax })
  }

  /** The sums over all rows that have a landed offset. */
  async sums(files: readonly LakeDataFile[]): Promise<LakeSums> {
    const sums = goldFlows.map(flow => `${sumOf(flow)} AS "${flow}"`)
    const where = `${this.#isOfRealm} AND ${this.#isInPlace}`
    const select = `SELECT count(*) AS "rows", ${sums.join(", ")}`
    const [row] = await this.#ask(`${select} FROM ${this.#from(files)} WHERE ${where}`)
    const sum = (flow: GoldFlow) => BigInt(String(row?.[flow] ?? 0))
    return {
      rows: Number(row?.rows ?? 0),
      start: sum("start"),
      granted: sum("granted"),
      sold: sum("sold"),
      won: sum("won"),
      spent: sum("spent"),
    }
  }

  /** How many rows belong to no event: without a known realm, or of this realm but without a landed offset. */
  async strays(files: readonly LakeDataFile[]): Promise<Strays> {
    const realms = this.#table.realms.map(quoteInteger)
    const ofNobody = realms.length === 0 ? "true" : `"realm" NOT IN (${realms.join(", ")})`
    const where = `"realm" IS NULL OR ${ofNobody} OR (${this.#isOfRealm} AND NOT (${this.#isInPlace}))`
    const from = `${this.#from(files)} WHERE ${where}`
    const count = await this.#count(from)
    if (count === 0) return { count, first: null }
    const place = `"realm", "log_offset", "event_index"`
    const [first] = await this.#ask(`SELECT ${place} FROM ${from} ORDER BY ${place} LIMIT 1`)
    return { count, first: (first ?? null) as Stray | null }
  }

  /** How many of a file's rows have offsets outside of a range. */
  async outside(
    file: LakeDataFile,
    { start, end }: { readonly start: number; readonly end: number },
  ): Promise<number> {
    const isOutside = `("log_offset" < ${quoteInteger(start)} OR "log_offset" >= ${quoteInteger(end)})`
    return this.#count(`${this.#from([file])} WHERE ${this.#isOfRealm} AND ${isOutside}`)
  }

  /** How many copies of an event's row a file has. */
  async count(file: LakeDataFile, offset: number, index: number): Promise<number> {
    const isIt = `"log_offset" = ${quoteInteger(offset)} AND "event_index" = ${quoteInteger(index)}`
    return this.#count(`${this.#from([file])} WHERE ${this.#isOfRealm} AND ${isIt}`)
  }

  /** Reads every value of a file; returns what is wrong with it, or null. Throws when the engine itself fails. */
  async damageOf(file: LakeDataFile): Promise<string | null> {
    await this.#ask("SELECT 1")
    const values = this.#columns.map(({ name }) => `sum(length(CAST(${quoteName(name)} AS VARCHAR)))`)
    const named = values.map((value, c) => `${value} AS "c${c}"`)
    try {
      await this.#ask(`SELECT ${named.join(", ")} FROM ${this.#from([file])}`)
      return null
    } catch (error) {
      if (!isFault(error)) throw error
      return error.message
    }
  }

  get #isOfRealm(): string {
    return `"realm" = ${quoteInteger(this.#realm)}`
  }

  get #isInPlace(): string {
    const isLanded = `"log_offset" >= 0 AND "log_offset" < ${quoteInteger(this.#table.landed)}`
    return `"log_offset" IS NOT NULL AND ${isLanded} AND "event_index" IS NOT NULL`
  }

  #from(files: readonly LakeDataFile[]): string {
    const { version, present } = this.#table
    const table = this.#engine.eventsTable({ version, files, columns: this.#columns, present })
    return `${table} AS "events"`
  }

  async #count(from: string): Promise<number> {
    const [row] = await this.#ask(`SELECT count(*) AS "rows" FROM ${from}`)
    return Number(row?.rows ?? 0)
  }

  async #ask(sql: string, limits: { readonly rowsMax?: number } = {}): Promise<readonly NamedRow[]> {
    return namedRows(await this.#engine.query(sql, { signal: AbortSignal.timeout(QUERY_MS), ...limits }))
  }
}

/** Exact beyond 2^53, as text. */
function sumOf(flow: GoldFlow): string {
  const parts = Object.entries(goldMoves).flatMap(([type, move]) =>
    move?.flow === flow ? [`WHEN "type" = ${quoteText(type)} THEN ${quoteName(columnName(move.field))}`] : [],
  )
  const amounts = parts.length === 0 ? "0" : `CASE ${parts.join(" ")} END`
  return `CAST(coalesce(sum(CAST(${amounts} AS DECIMAL(38, 0))), 0) AS VARCHAR)`
}
