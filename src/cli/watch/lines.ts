import { shown } from "../../lib/terminalText.js"

/** A purchase as `guildhall watch` queries it. */
export interface SeenPurchase {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly purchasedAt: string
  readonly price: number
  readonly region: string
  readonly guildId: string | null
  readonly sword: { readonly type: string }
  readonly player: { readonly id: string }
}

/** `12:30:05  alice  dagger  25  eu  knights`, in columns; the time of day is UTC. */
export function purchaseLine({ purchasedAt, player, sword, price, region, guildId }: SeenPurchase): string {
  const columns = [
    purchasedAt.slice(11, 19),
    player.id.padEnd(20),
    sword.type.padEnd(14),
    String(price).padStart(6),
    region.padEnd(10),
    guildId ?? "-",
  ]
  return printable(columns.join("  "))
}

/** One JSON object; `cursor` is where a subscription continues after it. */
export function jsonLine(purchase: SeenPurchase, cursor: string): string {
  const { id, purchasedAt, player, sword, price, region, guildId } = purchase
  const line = { id, purchasedAt, playerId: player.id, swordType: sword.type, price, region, guildId, cursor }
  return printable(JSON.stringify(line))
}

/** One line that is safe to show on a terminal: a server is not trusted with more. */
export function printable(text: string): string {
  return shown(text).replace(/[\n\t]/g, " ")
}
