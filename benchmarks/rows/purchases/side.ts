import type { EventLoop } from "../../comparison/eventLoop.js"

/** A running server that sells swords. */
export interface Side {
  readonly name: string
  /** `http://host:port` */
  readonly url: string
  /** The ids of its players are this and a number from 0. */
  readonly prefix: string
  /** Of the process that answers. */
  readonly eventLoop: EventLoop
  /** Processor time that all server-side processes have used so far, in microseconds. */
  cost(): Promise<number>
  /** Called in the middle of a turn: what the service does only now and then, such as PostgreSQL's checkpoint. */
  upkeep(): Promise<void>
  /** Called after a turn, as part of its cost: waits for whatever was put off. */
  settle(): Promise<void>
  /** What is wrong with the final state after so many acknowledged purchases, one line each. */
  verify(purchases: number): Promise<readonly string[]>
}

/** Gold for more purchases than any run makes. */
export const GOLD = 1_000_000_000

/** The sword that is bought. */
export const SWORD = { type: "wooden-sword", price: 10 } as const
