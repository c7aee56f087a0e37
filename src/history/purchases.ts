import { playerAggregate } from "../domain/aggregates.js"
import type { NamedRow } from "../lake/namedRows.js"
import { quoteInteger, quoteText } from "../lake/sql.js"
import { eventId } from "../log/effect.js"
import type { Judged } from "../log/judged.js"
import { type PurchaseRecord, purchaseRecordOf } from "../projections/purchases.js"
import { type EventPosition, type PositionedEvent, positionedEvents } from "../tail/eventFilter.js"
import type { Landed } from "./landed.js"
import { numberOf, textOf, textOrNull } from "./landedEvents.js"
import type { HistoryParts } from "./parts.js"
import { isWithin, type Span } from "./span.js"

/** Which purchases: those that match every field that is not null. */
export interface PurchaseWish {
  readonly player: string | null
  readonly swordType: string | null
  readonly region: string | null
  /** The player's guild at that time. */
  readonly guild: string | null
  readonly span: Span
}

export interface PurchasePage {
  /** Newest first. */
  readonly purchases: readonly HistoricPurchase[]
  readonly hasMore: boolean
}

export interface HistoricPurchase extends PurchaseRecord {
  readonly player: string
}

export interface PageWish {
  readonly wish: PurchaseWish
  /** At least 1. */
  readonly first: number
  /** Only purchases older than this position; null: from the newest. */
  readonly before: EventPosition | null
}

/**
 * A page of all purchases up to now, newest first in the log's order, so that positions stay valid whatever comes later.
 * The lake is asked only for what was not found in the part that has not landed.
 * Throws HISTORY_UNAVAILABLE.
 */
export async function purchasePage(
  parts: HistoryParts,
  { wish, first, before }: PageWish,
  signal: AbortSignal,
): Promise<PurchasePage> {
  const landed = await parts.reader.read()
  const end = endBefore(before, parts.live.end)
  // One more than asked for shows whether there is a next page.
  const most = first + 1
  const found = end <= landed.offset ? [] : await liveOnes(parts, landed, end, { wish, most, before }, signal)
  if (found.length < most) {
    found.push(...(await landedOnes(parts, landed, { wish, most: most - found.length, before }, signal)))
  }
  return { purchases: found.slice(0, first), hasMore: found.length > first }
}

interface Wanted {
  readonly wish: PurchaseWish
  readonly most: number
  readonly before: EventPosition | null
}

/** The offset up to which records may hold matching purchases, exclusive. */
function endBefore(before: EventPosition | null, end: number): number {
  if (before === null) return end
  return Math.min(end, before.index > 0 ? before.offset + 1 : before.offset)
}

async function liveOnes(
  { live }: HistoryParts,
  { offset: from }: Landed,
  end: number,
  { wish, most, before }: Wanted,
  signal: AbortSignal,
): Promise<HistoricPurchase[]> {
  const wanted = (record: Judged) => wantedOf(record, wish, before)
  if (wish.player !== null) {
    live.assertReachesBackTo(from)
    const ofPlayer: HistoricPurchase[] = []
    const records = live.about([playerAggregate(wish.player)], from, end, signal)
    for await (const some of records) ofPlayer.push(...some.flatMap(wanted))
    signal.throwIfAborted()
    return ofPlayer.reverse().slice(0, most)
  }
  const found: HistoricPurchase[] = []
  const newest = live.newestFirst(from, end, signal)
  let part = await newest.next()
  while (!part.done && found.length < most) {
    for (const record of part.value) {
      if (found.length < most) found.push(...wanted(record).reverse())
    }
    part = await newest.next()
  }
  // What only the log has can only be read forward, and the newest come last: all of it must be read.
  if (part.done && found.length < most) {
    live.assertReachesBackTo(from)
    const older: HistoricPurchase[] = []
    for await (const some of live.records(from, part.value, signal)) {
      older.push(...some.flatMap(wanted))
      older.splice(0, older.length - most)
    }
    found.push(...older.reverse())
  }
  signal.throwIfAborted()
  return found.slice(0, most)
}

function wantedOf(record: Judged, wish: PurchaseWish, before: EventPosition | null): HistoricPurchase[] {
  return positionedEvents(record).flatMap(placed => {
    if (before !== null && !isBefore(placed, before)) return []
    const purchase = purchaseOf(placed)
    return purchase !== null && isWanted(wish, purchase, purchase.at) ? [purchase] : []
  })
}

function isBefore(one: EventPosition, other: EventPosition): boolean {
  return one.offset < other.offset || (one.offset === other.offset && one.index < other.index)
}

function purchaseOf({ id, at, event }: PositionedEvent): HistoricPurchase | null {
  const record = purchaseRecordOf(id, at, event)
  return record && { player: event.data.player, ...record }
}

/** Whether a purchase at a time, in milliseconds since 1970, is one of those. */
export function isWanted(
  wish: PurchaseWish,
  purchase: Pick<HistoricPurchase, "player" | "swordType" | "region" | "guild">,
  at: number,
): boolean {
  return (
    (wish.player === null || wish.player === purchase.player) &&
    (wish.swordType === null || wish.swordType === purchase.swordType) &&
    (wish.region === null || wish.region === purchase.region) &&
    (wish.guild === null || wish.guild === purchase.guild) &&
    isWithin(wish.span, at)
  )
}

async function landedOnes(
  { events }: HistoryParts,
  landed: Landed,
  { wish, most, before }: Wanted,
  signal: AbortSignal,
): Promise<HistoricPurchase[]> {
  const selection = {
    columns: {
      log_offset: '"log_offset"',
      event_index: '"event_index"',
      player: '"player"',
      sword_type: '"sword_type"',
      price: '"price"',
      region: '"region"',
      guild: '"guild"',
      at: events.engine.dialect.milliseconds('"appended_at"'),
    },
    span: wish.span,
    where: [`"type" = 'SwordBought'`, ...conditionsOf(wish), ...(before === null ? [] : [olderThan(before)])],
    rest: `ORDER BY "log_offset" DESC, "event_index" DESC LIMIT ${quoteInteger(most)}`,
    rowsMax: most,
  }
  return (await events.select(landed, selection, signal)).map(fromRow)
}

function conditionsOf({ player, swordType, region, guild }: PurchaseWish): string[] {
  const wanted = { player, sword_type: swordType, region, guild }
  return Object.entries(wanted).flatMap(([column, value]) =>
    value === null ? [] : [`"${column}" = ${quoteText(value)}`],
  )
}

function olderThan({ offset, index }: EventPosition): string {
  const at = quoteInteger(offset)
  return `("log_offset" < ${at} OR ("log_offset" = ${at} AND "event_index" < ${quoteInteger(index)}))`
}

function fromRow(row: NamedRow): HistoricPurchase {
  return {
    id: eventId(numberOf(row.log_offset), numberOf(row.event_index)),
    player: textOf(row.player),
    swordType: textOf(row.sword_type),
    price: numberOf(row.price),
    region: textOf(row.region),
    guild: textOrNull(row.guild),
    at: numberOf(row.at),
  }
}
