import { Fault } from "../ports/faults.js"
import type { Purchases } from "./loaders.js"
import { connection } from "./page.js"
import type { PurchaseConnection } from "./types/connections.js"
import { Purchase } from "./types/purchase.js"

/**
 * A page of a player's purchases, newest first, after the one of an id (null: from the newest). Throws
 * HISTORY_UNAVAILABLE when it lies wholly beyond what is at hand, and there is more.
 */
export function purchasePage(
  player: string,
  { count, recent }: Purchases,
  first: number,
  after: string | null,
): PurchaseConnection {
  const wanted = after === null ? recent : recent.filter(({ id }) => isOlder(id, after))
  const page = wanted.slice(0, first)
  const olderExist = count > recent.length
  if (page.length === 0 && olderExist) {
    const atHand = `${player}'s last ${recent.length} of ${count} purchases are at hand`
    throw new Fault("HISTORY_UNAVAILABLE", `after: ${atHand}; older ones need the history engine`)
  }
  const items = page.map(one => ({ key: one.id, node: new Purchase(player, one) }))
  return connection("purchases", items, olderExist || page.length < wanted.length)
}

/** Ids are `<offset>-<index>`: places in the log. */
function isOlder(id: string, other: string): boolean {
  const [offset = 0, index = 0] = id.split("-").map(Number)
  const [otherOffset = 0, otherIndex = 0] = other.split("-").map(Number)
  return offset < otherOffset || (offset === otherOffset && index < otherIndex)
}
