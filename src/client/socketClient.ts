import { setTimeout as sleep } from "node:timers/promises"
import { TokenBucket } from "../lib/tokenBucket.js"
import type { GraphqlAnswer, GraphqlAsker } from "./graphqlClient.js"
import { OperationSocket } from "./operationSocket.js"

/** How many sockets one address may have at a server, by default (`SOCKETS_PER_ADDRESS`). */
export const SOCKETS_MAX = 100

/** How many operations a server accepts on one socket at a time. */
export const OPERATIONS_PER_SOCKET_MAX = 20

/** A little less than a server accepts on one socket: its clock is not ours. */
export const MESSAGES = { perSecond: 95, atOnce: 450 } as const

/** While every socket is at its limit, how often to look again. */
const LOOK_MS = 2

/** Takes messages as a server lets one socket send them. */
interface Slot {
  readonly socket: OperationSocket
  readonly bucket: TokenBucket
}

/**
 * Sends requests to one GraphQL server over WebSockets, in turn, within the server's limits for a socket. It
 * begins with none, and opens another one only when those that are open are at their limit; then it waits.
 */
export class SocketClient implements GraphqlAsker {
  readonly url: string
  readonly #socketsMax: number
  #slots: Slot[] = []
  #next = 0
  #isClosed = false

  constructor(url: string, socketsMax = SOCKETS_MAX) {
    this.url = url
    this.#socketsMax = socketsMax
  }

  /** How many are open. */
  get sockets(): number {
    return this.#slots.filter(({ socket }) => !socket.isOver).length
  }

  async ask<T>(query: string, variables: object = {}): Promise<GraphqlAnswer<T>> {
    let socket = this.#free()
    while (socket === null) {
      await sleep(LOOK_MS)
      socket = this.#free()
    }
    return socket.ask<T>(query, variables)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { socket } of this.#slots) socket.close()
  }

  #free(): OperationSocket | null {
    if (this.#isClosed) throw new Error("the client is closed")
    this.#slots = this.#slots.filter(({ socket }) => !socket.isOver)
    const count = this.#slots.length
    for (let i = 0; i < count; i++) {
      const at = (this.#next + i) % count
      const slot = this.#slots[at]
      if (slot === undefined || slot.socket.running >= OPERATIONS_PER_SOCKET_MAX || !slot.bucket.take())
        continue
      this.#next = at + 1
      return slot.socket
    }
    if (count >= this.#socketsMax) return null
    const opened = { socket: new OperationSocket(this.url), bucket: newBucket() }
    this.#slots.push(opened)
    return opened.socket
  }
}

/** One that has sent `connection_init` and is about to send an operation. */
function newBucket(): TokenBucket {
  return new TokenBucket(MESSAGES.perSecond, MESSAGES.atOnce - 2)
}
