import { playerAggregate } from "../domain/aggregates.js"
import type { GameEvent } from "../domain/events.js"
import { eventId } from "../log/effect.js"
import type { Judged } from "../log/judged.js"

/** A purchase as it was made. */
export interface PurchaseRecord {
  /** Its event's id, `<offset>-<index>`. */
  readonly id: string
  readonly swordType: string
  readonly price: number
  readonly region: string
  /** The player's guild at that time. */
  readonly guild: string | null
  /** Append time, in milliseconds since 1970. */
  readonly at: number
}

/** An event as a purchase; null if it is another type of event. */
export function purchaseRecordOf(id: string, at: number, { type, data }: GameEvent): PurchaseRecord | null {
  if (type !== "SwordBought") return null
  const { swordType, price, region, guild } = data
  return { id, swordType, price, region, guild, at }
}

/** A player's last purchases, newest first, and how many there were in all. */
export interface Purchases {
  readonly count: number
  readonly recent: readonly PurchaseRecord[]
}

export const NO_PURCHASES: Purchases = { count: 0, recent: [] }

/** How many purchases are kept beside a player; older ones come from the history. */
export const RECENT_MAX = 20

const PURCHASES = "purchases/"

/** The name of the document with a player's last purchases. */
export function purchasesName(player: string): string {
  return `${PURCHASES}${player}`
}

/** No aggregate may have such a name, though a foreign commit may use one: its document would overwrite this one. */
export function isPurchasesName(name: string): boolean {
  return name.startsWith(PURCHASES)
}

/** Each record's text, made once: every purchase rewrites the others of the last twenty. */
const texts = new WeakMap<PurchaseRecord, string>()

/** The document's text: JSON. */
export function encodePurchases({ count, recent }: Purchases): string {
  return `{"count":${count},"recent":[${recent.map(textOf).join(",")}]}`
}

function textOf(record: PurchaseRecord): string {
  const known = texts.get(record)
  if (known !== undefined) return known
  const text = JSON.stringify(record)
  texts.set(record, text)
  return text
}

/** The purchases of one player after one judged record; the same object when the record has none by this player. */
export function foldPurchases(player: string, purchases: Purchases, judged: Judged): Purchases {
  const made = purchasesIn(judged, player)
  if (made.length === 0) return purchases
  const recent = [...made.reverse(), ...purchases.recent].slice(0, RECENT_MAX)
  return { count: purchases.count + made.length, recent }
}

/** The purchases of one player in one record, in the log's order. */
function purchasesIn({ offset, at, effect }: Judged, player: string): PurchaseRecord[] {
  if (effect?.kind !== "events" || !effect.byAggregate.has(playerAggregate(player))) return []
  return effect.commands.flatMap(({ events, firstIndex }) =>
    events.flatMap((event, i) => {
      if (event.type !== "SwordBought" || event.data.player !== player) return []
      return purchaseRecordOf(eventId(offset, firstIndex + i), at, event) ?? []
    }),
  )
}
