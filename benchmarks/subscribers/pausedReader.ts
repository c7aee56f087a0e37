import { once } from "node:events"
import { WebSocket } from "ws"

/** All that one socket may have, each of all purchases. */
const SUBSCRIPTIONS = 20

const ALL =
  "subscription { purchases(heartbeat: true) { cursor purchase { id price region player { name } } } }"

/** Reads nothing of its socket; when the server cuts it, it opens another one. */
export class PausedReader {
  readonly begun: Promise<void>
  /** How often it was cut. */
  cuts = 0
  readonly #url: string
  #socket: WebSocket | null = null
  #over = false

  constructor(url: string) {
    this.#url = url
    this.begun = this.#open()
  }

  end(): void {
    this.#over = true
    this.#socket?.terminate()
  }

  async #open(): Promise<void> {
    const socket = new WebSocket(this.#url.replace("http", "ws"), "graphql-transport-ws")
    this.#socket = socket
    socket.on("error", () => {})
    socket.once("close", () => {
      if (this.#over) return
      this.cuts += 1
      void this.#open()
    })
    await once(socket, "open")
    socket.send(JSON.stringify({ type: "connection_init" }))
    await once(socket, "message")
    for (let n = 0; n < SUBSCRIPTIONS; n++) {
      socket.send(JSON.stringify({ id: String(n), type: "subscribe", payload: { query: ALL } }))
    }
    await once(socket, "message")
    socket.pause()
  }
}
