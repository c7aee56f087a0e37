import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"

/** The headers of an upgrade; without them, a request is like any other. */
const OF_UPGRADES: ReadonlySet<string> = new Set(["upgrade", "http2-settings"])

/** Whether a request opens a WebSocket: https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
export function opensWebSocket({ method, httpVersion, headers }: IncomingMessage): boolean {
  return method === "GET" && httpVersion === "1.1" && headers.upgrade?.toLowerCase() === "websocket"
}

/**
 * Ignores any other upgrade (https://www.rfc-editor.org/rfc/rfc9110#section-7.8): clients offer HTTP/2, and
 * continue with HTTP/1.1. But Node.js detaches a connection once it emits `upgrade`, and without a listener
 * it loses what follows. So the connection is announced again, with the request without the offer.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.unshift(Buffer.concat([Buffer.from(withoutOffer(request), "latin1"), head]))
  server.emit("connection", socket)
}

function withoutOffer({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = rawHeaders.slice(i, i + 2)
    if (OF_UPGRADES.has(name.toLowerCase())) continue
    lines.push(`${name}: ${name.toLowerCase() === "connection" ? optionsLeft(value) : value}`)
  }
  return `${lines.join("\r\n")}\r\n\r\n`
}

function optionsLeft(connection: string): string {
  const options = connection.split(",").map(option => option.trim())
  return options.filter(option => !OF_UPGRADES.has(option.toLowerCase())).join(", ")
}

/** Makes an upgrade wait for the answers to the requests before it on its connection. */
export class UpgradeTurns {
  /** The last answer that is still to come on each connection. */
  readonly #last = new WeakMap<Duplex, ServerResponse>()
  readonly #waiting = new Set<Duplex>()

  /** Registers an answer that is to come. */
  add(response: ServerResponse): void {
    const { socket } = response.req
    this.#last.set(socket, response)
    response.once("close", () => {
      if (this.#last.get(socket) === response) this.#last.delete(socket)
    })
  }

  /** Calls back when it is the upgrade's turn: usually at once; never if the connection closes first. */
  take(socket: Duplex, turn: () => void): void {
    const last = this.#last.get(socket)
    if (last === undefined) turn()
    else this.#after(last, socket, turn)
  }

  /** Closes the connections of waiting upgrades. */
  cut(): void {
    for (const socket of this.#waiting) socket.destroy()
  }

  #after(last: ServerResponse, socket: Duplex, turn: () => void): void {
    // Node.js no longer handles the socket's errors.
    const ignore = () => {}
    socket.on("error", ignore)
    this.#waiting.add(socket)
    // An answer whose turn has not come never closes with the connection: Node.js has detached both.
    const gone = () => this.#waiting.delete(socket)
    socket.once("close", gone)
    last.once("close", () => {
      socket.off("close", gone)
      this.#waiting.delete(socket)
      if (!socket.writable) return
      turn()
      socket.off("error", ignore)
    })
  }
}
