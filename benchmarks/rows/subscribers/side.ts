import type { EventLoop } from "../../comparison/eventLoop.js"
import type { Audience } from "./audience.js"

/** A running server with all of its subscribers. */
export interface NoticeSide {
  readonly name: string
  /** Where purchases are sent to: `http://host:port/graphql`. */
  readonly url: string
  readonly pid: number
  readonly eventLoop: EventLoop
  readonly audience: Audience
  /** The id of the player who buys for a group. */
  playerOf(group: number): string
  /** What is wrong with the final state, one line each. */
  verify(): Promise<readonly string[]>
}
