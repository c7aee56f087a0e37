import type { Duplex } from "node:stream"
import type { WebSocket } from "ws"

/** While more bytes than this wait to be written to one socket, senders wait too. */
const WAITING_MAX = 64 * 1024

/** What is sent to one socket in one turn of the event loop goes to the system in one call. */
export class CorkedSocket {
  readonly #socket: WebSocket
  readonly #connection: Duplex
  #isOpen = false

  /** The connection is the one that the socket is on. */
  constructor(socket: WebSocket, connection: Duplex) {
    this.#socket = socket
    this.#connection = connection
  }

  /**
   * Resolves at once while little waits, else once the text was handed to the system: who produces more waits for a slow
   * reader. Never rejects: a socket that fails is closed, and told so.
   */
  send(text: string): Promise<void> {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN) return Promise.resolve()
    this.#open()
    if (socket.bufferedAmount < WAITING_MAX) {
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
    // Comes once all that was woken together has had its turn.
    process.nextTick(() => {
      this.#isOpen = false
      this.#connection.uncork()
    })
  }
}
