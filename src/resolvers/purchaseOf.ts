import type { GameEvent } from "../domain/events.js"
import { Purchase } from "./types/purchase.js"

/** An event with its id and its append time, in milliseconds since 1970. */
interface Happened {
  readonly id: string
  readonly at: number
  readonly event: GameEvent
}

/** The purchase that an event is, or null. */
export function purchaseOf({ id, at, event }: Happened): Purchase | null {
  return event.type === "SwordBought" ? new Purchase(event.data.player, { ...event.data, id, at }) : null
}
