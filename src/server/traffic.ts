import type { Socket } from "node:net"
import { LIMITS } from "./limits.js"

/**
 * Counts requests on their way, and bounds them: each holds memory until it is answered. Node bounds what waits to be
 * written to a connection, but it reads requests as fast as they come, answered or not.
 */
export class Traffic {
  readonly #byConnection = new WeakMap<Socket, number>()
  #open = 0

  /** Requests on their way. */
  get open(): number {
    return this.#open
  }

  /** Takes a request, which is `done` later, or names the limit that forbids it. */
  take(connection: Socket): "requestsPerConnection" | "requestsAtOnce" | null {
    const open = this.#byConnection.get(connection) ?? 0
    if (open >= LIMITS.requestsPerConnection) return "requestsPerConnection"
    if (this.#open >= LIMITS.requestsAtOnce) return "requestsAtOnce"
    this.#byConnection.set(connection, open + 1)
    this.#open += 1
    return null
  }

  done(connection: Socket): void {
    this.#byConnection.set(connection, (this.#byConnection.get(connection) ?? 1) - 1)
    this.#open -= 1
  }
}
