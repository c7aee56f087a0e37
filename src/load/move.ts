import type { Goods } from "../domain/goods.js"

/** What changes hands for one player, and how its numbers of open trades change. */
export interface Move {
  readonly player: string
  readonly gives: Goods
  readonly gets: Goods
  /** Of the trades that it has offered. */
  readonly trades?: 1 | -1
  /** Of the trades that were offered to it. */
  readonly offers?: 1 | -1
}

export const NOTHING: Goods = { gold: 0, swords: [] }

export function goldGoods(gold: number): Goods {
  return { gold, swords: [] }
}

export function swordGoods(swordType: string): Goods {
  return { gold: 0, swords: [{ swordType, count: 1 }] }
}

/** An open trade as its offerer made it. */
export interface LoadTrade {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly gives: Goods
  readonly wants: Goods
}
