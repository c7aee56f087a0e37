import type { CalledServer } from "../../comparison/callers.js"
import type { EventLoop } from "../../comparison/eventLoop.js"

/** A running server that sells swords. */
export interface Side extends CalledServer {
  readonly name: string
  /** The ids of its players are this and a number from 0. */
  readonly prefix: string
  /** Of the process that answers. */
  readonly eventLoop: EventLoop
  /** What is wrong with the final state after so many acknowledged purchases, one line each. */
  verify(purchases: number): Promise<readonly string[]>
}

/** Gold for more purchases than any run makes. */
export const GOLD = 1_000_000_000

/** The sword that is bought. */
export const SWORD = { type: "wooden-sword", price: 10 } as const
