import { once } from "node:events"
import { WebSocket } from "ws"

/** How long until it reconnects: before the server's pings show that nobody reads, in milliseconds. */
const RECONNECT_AFTER_MS = 20_000

const ALL =
  "subscription { purchases(heartbeat: true) { cursor purchase { id price region player { name } } } }"

/**
 * Never reads its socket, and opens another one before the server cuts it: there is always one that is
 * paused.
 */
export class PausedReader {
  readonly #url: string
  readonly #subscriptions: number
  readonly #again: NodeJS.Timeout
  #socket: WebSocket | null = null

  private constructor(url: string, subscriptions: number) {
    this.#url = url
    this.#subscriptions = subscriptions
    // It was ended while the socket was opening.
    this.#again = setInterval(() => void this.#open().catch(() => {}), RECONNECT_AFTER_MS)
  }

  /** Each subscription is of all purchases. Resolves once it is paused. */
  static async begin(url: string, subscriptions: number): Promise<PausedReader> {
    const reader = new PausedReader(url, subscriptions)
    await reader.#open()
    return reader
  }

  end(): void {
    clearInterval(this.#again)
    this.#socket?.terminate()
  }

  async #open(): Promise<void> {
    this.#socket?.terminate()
    const socket = new WebSocket(this.#url.replace("http", "ws"), "graphql-transport-ws")
    this.#socket = socket
    socket.on("error", () => {})
    await once(socket, "open")
    socket.send(JSON.stringify({ type: "connection_init" }))
    await once(socket, "message")
    for (let n = 0; n < this.#subscriptions; n++) {
      socket.send(JSON.stringify({ id: String(n), type: "subscribe", payload: { query: ALL } }))
    }
    await once(socket, "message")
    socket.pause()
  }
}
