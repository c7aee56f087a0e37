import type { Prefix } from "../history/asOf.js"
import type { PageWish, PurchaseWish } from "../history/purchases.js"
import { ALWAYS } from "../history/span.js"
import type { Purchases } from "../projections/purchases.js"
import type { EventPosition } from "../tail/eventFilter.js"
import type { Context } from "./context.js"
import { historyOf } from "./historyOf.js"
import { connection } from "./page.js"
import type { Connection } from "./types/connections.js"
import { Purchase } from "./types/purchase.js"

export const ANY_PURCHASE: PurchaseWish = {
  player: null,
  swordType: null,
  region: null,
  guild: null,
  span: ALWAYS,
}

/**
 * A page of a player's recent purchases from the views, newest first, after the one with an id (null: from
 * the newest). Null if the page lies wholly beyond them and there are older ones: then the history has it.
 */
export function recentPage(
  logId: string,
  player: string,
  { count, recent }: Purchases,
  first: number,
  after: string | null,
): Connection<Purchase> | null {
  const before = placeOf(after)
  const wanted = before === null ? recent : recent.filter(({ id }) => isOlder(id, before))
  const page = wanted.slice(0, first)
  const olderExist = count > recent.length
  if (page.length === 0 && olderExist) return null
  const items = page.map(one => ({ key: one.id, node: new Purchase(player, one) }))
  return connection(logId, "purchases", items, olderExist || page.length < wanted.length)
}

/** A page over all history. Throws what the history throws. */
export async function historicPage(
  { game, left }: Pick<Context, "game" | "left">,
  page: PageWish,
): Promise<Connection<Purchase>> {
  const { purchases, hasMore } = await historyOf(game).purchases(page, left)
  const items = purchases.map(one => ({ key: one.id, node: new Purchase(one.player, one) }))
  return connection(game.tail.genesis.logId, "purchases", items, hasMore)
}

/** The position of a page's sort key: ids are `<offset>-<index>`, positions in the log. */
export function placeOf(key: string | null): EventPosition | null {
  if (key === null) return null
  const [offset = 0, index = 0] = key.split("-").map(Number)
  return { offset, index }
}

/** The position before which a page lies: that of its sort key, but at most the prefix's end. */
export function placeWithin(prefix: Prefix | null, key: string | null): EventPosition | null {
  const place = placeOf(key)
  if (prefix === null) return place
  return place !== null && place.offset < prefix.end ? place : { offset: prefix.end, index: 0 }
}

function isOlder(id: string, before: EventPosition): boolean {
  const place = placeOf(id)
  if (place === null) return false
  return place.offset < before.offset || (place.offset === before.offset && place.index < before.index)
}
