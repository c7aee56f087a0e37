import type { Goods } from "./goods.js"

/** A trade that was offered, and neither made nor withdrawn yet, as one of its two players sees it. */
export interface OpenTrade {
  /** The other player's id. */
  readonly player: string
  /** What the player who offered it gives. */
  readonly gives: Goods
  /** What the player who offered it wants for that. */
  readonly wants: Goods
}

/** By the trade's id. */
export type OpenTrades = Readonly<Record<string, OpenTrade>>

/** The open trade of an id with this other player; undefined if there is none. */
export function openTrade(trades: OpenTrades, id: string, player: string): OpenTrade | undefined {
  const trade = trades[id]
  return trade?.player === player ? trade : undefined
}

/** With one more; undefined if its id is taken. */
export function withTrade(trades: OpenTrades, id: string, trade: OpenTrade): OpenTrades | undefined {
  return trades[id] === undefined ? { ...trades, [id]: trade } : undefined
}

/** Without the trade of an id with this other player; undefined if there is none. */
export function withoutTrade(trades: OpenTrades, id: string, player: string): OpenTrades | undefined {
  if (openTrade(trades, id, player) === undefined) return undefined
  const { [id]: _, ...rest } = trades
  return rest
}
