import { type Aggregate, parseAggregate } from "../domain/aggregates.js"
import { changedBy, type EventType, eventTypes, type GameEvent, readEvent } from "../domain/events.js"
import type { State } from "../domain/states.js"
import { evolve } from "../domain/states.js"
import { columnName, landedFields } from "../lake/columns.js"
import type { NamedRow } from "../lake/namedRows.js"
import { quoteInteger, quoteName } from "../lake/sql.js"
import { eventId } from "../log/effect.js"
import type { Judged } from "../log/judged.js"
import { Fault } from "../ports/faults.js"
import type { Cell } from "../ports/historyEngine.js"
import { type Document, foldDocument, NO_DOCUMENT } from "../projections/document.js"
import type { Landed } from "./landed.js"
import { isIn, type LandedEvents, numberOf, textOf } from "./landedEvents.js"
import type { HistoryParts } from "./parts.js"
import { spanOf } from "./span.js"

/** At most this many events are folded for one query. */
const EVENTS_MAX = 200_000

/** The longest prefix of the log in which no effective commit is later than a given time (R11). */
export interface Prefix {
  /** Exclusive. */
  readonly end: number
  /** The part of it that is read from the lake. */
  readonly landed: Landed
}

/** An aggregate as of a prefix. */
export interface PastState {
  readonly state: State
  /** How many effective commits had changed it. */
  readonly version: number
}

/**
 * The prefix as of a time in milliseconds since 1970; for a time in the future, everything up to this process's tail.
 * Throws HISTORY_UNAVAILABLE.
 */
export async function prefixAsOf(parts: HistoryParts, at: number, signal: AbortSignal): Promise<Prefix> {
  const { reader, events, live } = parts
  const landed = await reader.read()
  const end = live.end
  const selection = {
    columns: { later: 'min("log_offset")' },
    span: spanOf(at + 1, null),
    where: [],
    rowsMax: 1,
  }
  const [row] = await events.select(landed, selection, signal)
  const later = row?.later ?? null
  if (later !== null) return { end: numberOf(later), landed }
  live.assertReachesBackTo(landed.offset)
  for await (const records of live.records(landed.offset, end, signal)) {
    const first = records.find(record => record.effect?.kind === "events" && record.at > at)
    if (first !== undefined) return { end: first.offset, landed }
  }
  signal.throwIfAborted()
  return { end: Math.max(end, landed.offset), landed }
}

/**
 * Aggregates as of a prefix: the fold of the events that change them (R43). Personal fields are not in the lake: a name
 * may be null. Throws HISTORY_UNAVAILABLE; LIMIT_EXCEEDED for too many events; AGGREGATE_FROZEN and NEEDS_NEWER_BUILD
 * for what this build cannot fold.
 */
export async function statesAsOf(
  parts: HistoryParts,
  { end, landed }: Prefix,
  aggregates: readonly Aggregate[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Aggregate, PastState>> {
  const documents = new Map(aggregates.map(aggregate => [aggregate, NO_DOCUMENT]))
  for (const happened of await landedEvents(parts.events, landed, end, aggregates, signal)) {
    for (const aggregate of changedBy(happened.event)) fold(documents, aggregate, happened)
  }
  if (end > landed.offset) {
    parts.live.assertReachesBackTo(landed.offset)
    for await (const records of parts.live.about(aggregates, landed.offset, end, signal)) {
      for (const record of records) foldLive(documents, record)
    }
    signal.throwIfAborted()
  }
  return new Map([...documents].map(([aggregate, document]) => [aggregate, unfrozen(aggregate, document)]))
}

function foldLive(documents: Map<Aggregate, Document>, record: Judged): void {
  for (const name of Object.keys(record.commit?.on ?? {})) {
    const aggregate = name as Aggregate
    const before = documents.get(aggregate)
    if (before !== undefined) documents.set(aggregate, foldDocument(aggregate, before, record))
  }
}

function unfrozen(aggregate: Aggregate, { state, version, frozen }: Document): PastState {
  if (frozen === undefined) return { state, version }
  throw new Fault(frozen.code, `${aggregate} is frozen at offset ${frozen.offset}: ${frozen.reason}`)
}

interface LandedEvent {
  readonly offset: number
  readonly index: number
  readonly event: GameEvent
}

/** Landed events come in order, so those of one commit are adjacent. */
function fold(
  documents: Map<Aggregate, Document & { readonly last?: number }>,
  aggregate: Aggregate,
  { offset, index, event }: LandedEvent,
): void {
  const before = documents.get(aggregate)
  if (before === undefined || before.frozen !== undefined) return
  const state = evolve(aggregate, before.state, event, eventId(offset, index))
  if (state === undefined) {
    const reason = `${event.type} cannot follow its state`
    documents.set(aggregate, { ...before, frozen: { code: "AGGREGATE_FROZEN", offset, reason } })
  } else {
    const version = before.version + (before.last === offset ? 0 : 1)
    documents.set(aggregate, { ...before, state, version, last: offset })
  }
}

/** The landed events that change any of these aggregates, below an offset, in the log's order. */
async function landedEvents(
  events: LandedEvents,
  landed: Landed,
  end: number,
  aggregates: readonly Aggregate[],
  signal: AbortSignal,
): Promise<LandedEvent[]> {
  const columns = ["log_offset", "event_index", "type", "version", "player"].map(name => [
    name,
    quoteName(name),
  ])
  const selection = {
    columns: { ...Object.fromEntries(columns), ...fieldColumns(events) },
    where: [`"log_offset" < ${quoteInteger(end)}`, changesAny(aggregates)],
    rest: 'ORDER BY "log_offset", "event_index"',
    rowsMax: EVENTS_MAX,
  }
  const rows = await events.select(landed, selection, signal)
  return rows.map(row => ({
    offset: numberOf(row.log_offset),
    index: numberOf(row.event_index),
    event: eventOf(row),
  }))
}

/** The columns of all fields, times as in the events. */
function fieldColumns({ engine }: LandedEvents): Record<string, string> {
  const all = [...eventTypes.values()].flatMap(landedFields)
  const columns = all.map(({ field, kind }) => {
    const column = columnName(field)
    const quoted = quoteName(column)
    return [column, kind === "time" ? engine.dialect.milliseconds(quoted) : quoted]
  })
  return Object.fromEntries(columns)
}

/** The condition that an event changes one of these; each type declares which of its fields name aggregates (R34). */
function changesAny(aggregates: readonly Aggregate[]): string {
  const parsed = aggregates.map(parseAggregate)
  const idsOf = (kind: "player" | "guild") => parsed.flatMap(one => (one?.kind === kind ? [one.id] : []))
  const conditions = [isIn('"player"', idsOf("player"))]
  for (const { name: type, changing } of eventTypes.values()) {
    for (const { name, kind } of changing) {
      const ids = idsOf(kind)
      if (ids.length === 0) continue
      conditions.push(`(${isIn('"type"', [type])} AND ${isIn(quoteName(columnName(name)), ids)})`)
    }
  }
  return `(${conditions.join(" OR ")})`
}

/** The event of a row, as the log has it except for personal fields. */
function eventOf(row: NamedRow): GameEvent {
  const name = textOf(row.type)
  const type = eventTypes.get(name)
  const fields = type === undefined ? [] : fieldsOf(type, row)
  const data = { player: textOf(row.player), ...Object.fromEntries(fields) }
  const read = readEvent({ type: name, v: numberOf(row.version), data })
  if (read.kind === "event") return read.event
  const place = `the event ${row.log_offset}-${row.event_index} of the lake`
  if (read.kind === "newer") throw new Fault("NEEDS_NEWER_BUILD", `${place}: ${read.reason}`)
  throw new Fault("LAKE_CORRUPT", `${place}: ${read.reason}`)
}

function fieldsOf(type: EventType, row: NamedRow) {
  return landedFields(type).map(({ field, isJson }) => {
    const cell = row[columnName(field)] ?? null
    return [field, isJson ? parsed(cell) : cell] as const
  })
}

/** A text that is not JSON stays one: then its event does not fit its type. */
function parsed(cell: Cell): unknown {
  try {
    return JSON.parse(textOf(cell))
  } catch {
    return cell
  }
}
