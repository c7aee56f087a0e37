import type { GameEvent } from "../domain/events.js"
import type { NamedRow } from "../lake/namedRows.js"
import { Fault } from "../ports/faults.js"
import type { Landed } from "./landed.js"
import type { Selection } from "./landedEvents.js"
import { eachEvent } from "./live.js"
import { type Cut, compare, cutOf, type HistoryParts } from "./parts.js"

/** At most this many rows in a report, so that its answer stays small. */
export const REPORT_ROWS_MAX = 2000

/** What a row is about, such as a guild and a day. */
type GroupOf<Group> = Readonly<Record<keyof Group, string | number | null>>

/** A row: a group, and what is added up for it. */
type ReportRow<Group, Sum extends string> = Group & Record<Sum, number>

/** A report over all history, declared for one request: one row for each group, sorted by group. */
export interface Report<Group extends GroupOf<Group>, Sum extends string> {
  readonly name: string
  readonly groups: readonly (keyof Group)[]
  readonly sums: readonly Sum[]
  /** What it needs of the landed events. `at` is the SQL of their append time, in milliseconds since 1970. */
  select(at: string): Omit<Selection, "rowsMax">
  /** What a row of that selection adds. */
  row(landed: NamedRow): ReportRow<Group, Sum>
  /** What an event that has not landed adds, or null; `at` is its append time, in milliseconds since 1970. */
  addLive(event: GameEvent, at: number): ReportRow<Group, Sum> | null
}

interface Filled<Row> {
  readonly rows: readonly Row[]
  readonly landed: Landed
  readonly cut: Cut
}

/**
 * Joins the two parts of the history at the watermark (R41): what landed, and, if `live` and if the log's rest is short
 * enough, what has not. Each event counts once. Throws HISTORY_UNAVAILABLE, and LIMIT_EXCEEDED for too many rows.
 */
export async function fillReport<Group extends GroupOf<Group>, Sum extends string>(
  { reader, events, live: rest }: HistoryParts,
  report: Report<Group, Sum>,
  live: boolean,
  signal: AbortSignal,
): Promise<Filled<ReportRow<Group, Sum>>> {
  const landed = await reader.read()
  const end = rest.end
  const joined = live && rest.reachesBackTo(landed.offset)
  const selection = report.select(events.engine.dialect.milliseconds('"appended_at"'))
  const rows = new Rows(report)
  const addLive = async () => {
    for await (const records of rest.records(landed.offset, end, signal)) {
      eachEvent(records, (event, at) => rows.add(report.addLive(event, at)))
      rows.assertSize()
    }
    signal.throwIfAborted()
  }
  const [found] = await Promise.all([
    events.select(landed, { ...selection, rowsMax: REPORT_ROWS_MAX }, signal),
    joined ? addLive() : null,
  ])
  for (const row of found) rows.add(report.row(row))
  rows.assertSize()
  return { rows: rows.sorted(), landed, cut: cutOf(landed, end, joined) }
}

/** The rows of a report as they accumulate, in any order. */
class Rows<Group extends GroupOf<Group>, Sum extends string> {
  readonly #report: Report<Group, Sum>
  readonly #rows = new Map<string, ReportRow<Group, Sum>>()

  constructor(report: Report<Group, Sum>) {
    this.#report = report
  }

  add(row: ReportRow<Group, Sum> | null): void {
    if (row === null) return
    const { groups, sums } = this.#report
    const key = JSON.stringify(groups.map(name => row[name]))
    const known: Record<Sum, number> | undefined = this.#rows.get(key)
    if (known === undefined) this.#rows.set(key, row)
    else for (const name of sums) known[name] += row[name]
  }

  assertSize(): void {
    if (this.#rows.size <= REPORT_ROWS_MAX) return
    const expected = `expected at most ${REPORT_ROWS_MAX} rows, got more`
    const advice = "ask for a shorter span, or for fewer dimensions"
    throw new Fault("LIMIT_EXCEEDED", `${this.#report.name}: ${expected}: ${advice}`)
  }

  sorted(): readonly ReportRow<Group, Sum>[] {
    return [...this.#rows.values()].sort((one, other) => {
      for (const name of this.#report.groups) {
        const order = compare<string | number>(one[name], other[name])
        if (order !== 0) return order
      }
      return 0
    })
  }
}
