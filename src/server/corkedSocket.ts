import type { Duplex } from "node:stream"
import type { WebSocket } from "ws"
import { SOCKET_LIMITS } from "./limits.js"

/** Passes everything sent to a socket in one turn of the event loop to the system in one call. */
export class CorkedSocket {
  readonly #socket: WebSocket
  readonly #connection: Duplex
  #isOpen = false

  /** `connection` is the one under the socket. */
  constructor(socket: WebSocket, connection: Duplex) {
    this.#socket = socket
    this.#connection = connection
  }

  /**
   * Resolves at once while little waits, otherwise once the text was passed to the system: a producer waits
   * for a slow reader. Never rejects: a socket that fails is closed and emits that.
   */
  send(text: string): Promise<void> {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN) return Promise.resolve()
    this.#open()
    if (socket.bufferedAmount < SOCKET_LIMITS.corkedBytes) {
      socket.send(text)
      return Promise.resolve()
    }
    return new Promise(resolve => {
      socket.send(text, () => resolve())
    })
  }

  #open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#connection.cork()
    // Runs once everything woken in this turn has run.
    process.nextTick(() => {
      this.#isOpen = false
      this.#connection.uncork()
    })
  }
}
