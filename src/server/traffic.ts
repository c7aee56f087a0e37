import type { Socket } from "node:net"
import { LIMITS } from "./limits.js"

/**
 * Counts and bounds open requests, as each holds memory until it is answered. Node.js bounds what waits to be
 * written to a connection, but it reads requests as fast as they come, answered or not.
 */
export class Traffic {
  readonly #byConnection = new WeakMap<Socket, number>()
  #open = 0

  /** How many requests are open. */
  get open(): number {
    return this.#open
  }

  /** Counts a request, which must be followed by `done`, or returns the limit that forbids it. */
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
