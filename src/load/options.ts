import type { Mix } from "./mix.js"

/** How mutations are sent; everything else is asked over HTTP, and subscribers have sockets of their own. */
export const TRANSPORTS = ["http", "websocket"] as const
export type Transport = (typeof TRANSPORTS)[number]

/** What to run; `docs/load.md` describes each. Times are in milliseconds. */
export interface RunOptions {
  readonly players: number
  /** The exponent of the Zipf law by which players are chosen; 0 is uniform. */
  readonly zipf: number
  /** How many commands are in flight: always in a closed loop, at most in an open one. */
  readonly concurrency: number
  /** Open loop: how many commands are due in a second. */
  readonly rate?: number
  /** How many commands to send; with a duration, whichever limit comes first. The warm-up does not count. */
  readonly count?: number
  readonly duration?: number
  readonly warmUp: number
  /** How long one command is retried. */
  readonly within: number
  readonly seed: number
  readonly mix: Mix
  readonly transport: Transport
  /** Prefix of the players' ids, with the seed. */
  readonly prefix: string
  readonly runId?: string
  /** How many subscribers listen during the load, at most SUBSCRIBERS_MAX. */
  readonly subscribers: number
  readonly verify: boolean
  readonly journal?: string
  /** Which of several generator processes this is; without it, the only one. `rate`, `count` and `concurrency` are its own. */
  readonly process?: ProcessNumber
}

export interface ProcessNumber {
  /** From 0. */
  readonly index: number
  readonly of: number
}
