import type { GameEvent } from "../domain/events.js"
import { Purchase } from "./types/purchase.js"

/** An event with its id and its append time, in milliseconds since 1970. */
interface EventWithId {
  readonly id: string
  readonly at: number
  readonly event: GameEvent
}

/** The event as a purchase; null if it is another type of event. */
export function purchaseOf({ id, at, event }: EventWithId): Purchase | null {
  if (event.type !== "SwordBought") return null
  const { player, swordType, price, region, guild } = event.data
  return new Purchase(player, { id, swordType, price, region, guild, at })
}
