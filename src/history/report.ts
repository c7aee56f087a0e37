import type { GameEvent } from "../domain/events.js"
import type { NamedRow } from "../lake/namedRows.js"
import { Fault } from "../ports/faults.js"
import type { Landed } from "./landed.js"
import type { Selection } from "./landedEvents.js"
import { eachEvent } from "./live.js"
import { type Cut, cutOf, type HistoryParts } from "./parts.js"

/** At most this many rows in a report, so that its answer stays small. */
export const REPORT_ROWS_MAX = 2000

export type ReportSelection = Omit<Selection, "rowsMax">

/** A report as it accumulates. Both parts of the history are added in any order, each event once. */
export interface Report {
  readonly name: string
  /** How many rows it has so far. */
  readonly size: number
  /** What it needs of the landed events. `at` is the SQL of their append time, in milliseconds since 1970. */
  select(at: string): ReportSelection
  addLanded(row: NamedRow): void
  /** Adds an event that has not landed, with its append time, in milliseconds since 1970. */
  addLive(event: GameEvent, at: number): void
}

/**
 * Joins the two parts of the history at the watermark (R41): what landed, and, if `live` and if the log's rest is short
 * enough, what has not. Throws HISTORY_UNAVAILABLE, and LIMIT_EXCEEDED for too many rows.
 */
export async function fillReport(
  parts: HistoryParts,
  report: Report,
  live: boolean,
  signal: AbortSignal,
): Promise<{ readonly landed: Landed; readonly cut: Cut }> {
  const { reader, events } = parts
  const landed = await reader.read()
  const end = parts.live.end
  const joined = live && parts.live.reachesBackTo(landed.offset)
  const selection = report.select(events.engine.dialect.milliseconds('"appended_at"'))
  const [rows] = await Promise.all([
    events.select(landed, { ...selection, rowsMax: REPORT_ROWS_MAX }, signal),
    joined ? addLive(parts, report, landed.offset, end, signal) : null,
  ])
  for (const row of rows) report.addLanded(row)
  assertSize(report)
  return { landed, cut: cutOf(landed, end, joined) }
}

async function addLive(
  { live }: HistoryParts,
  report: Report,
  from: number,
  end: number,
  signal: AbortSignal,
): Promise<void> {
  for await (const records of live.records(from, end, signal)) {
    eachEvent(records, (event, at) => report.addLive(event, at))
    assertSize(report)
  }
  signal.throwIfAborted()
}

function assertSize({ name, size }: Report): void {
  if (size <= REPORT_ROWS_MAX) return
  const advice = "ask for a shorter span, larger buckets, or fewer dimensions"
  throw new Fault("LIMIT_EXCEEDED", `${name}: expected at most ${REPORT_ROWS_MAX} rows, got more: ${advice}`)
}
