import type { RecordedEvent } from "../commands/pendingCommand.js"
import { purchaseRecordOf } from "../projections/purchases.js"
import { Purchase } from "./types/purchase.js"

/** The event as a purchase; null if it is another type of event. */
export function purchaseOf({ id, at, event }: RecordedEvent): Purchase | null {
  const record = purchaseRecordOf(id, at, event)
  return record && new Purchase(event.data.player, record)
}
