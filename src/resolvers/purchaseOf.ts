import type { GameEvent } from "../domain/events.js"
import { purchaseRecordOf } from "../projections/purchases.js"
import { Purchase } from "./types/purchase.js"

/** An event with its id and its append time, in milliseconds since 1970. */
interface EventWithId {
  readonly id: string
  readonly at: number
  readonly event: GameEvent
}

/** The event as a purchase; null if it is another type of event. */
export function purchaseOf({ id, at, event }: EventWithId): Purchase | null {
  const record = purchaseRecordOf(id, at, event)
  return record && new Purchase(event.data.player, record)
}
