import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"

/** What a request says of an upgrade; without it, it is a request like any other. */
const OF_UPGRADES: ReadonlySet<string> = new Set(["upgrade", "http2-settings"])

/** Whether a request opens a WebSocket: https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
export function opensWebSocket({ method, httpVersion, headers }: IncomingMessage): boolean {
  return method === "GET" && httpVersion === "1.1" && headers.upgrade?.toLowerCase() === "websocket"
}

/**
 * Any other upgrade is ignored (https://www.rfc-editor.org/rfc/rfc9110#section-7.8): clients offer HTTP/2, and go on with
 * HTTP/1.1. But Node.js has let go of a connection once it emits `upgrade`, and without a listener it loses what comes
 * after such a request. So the connection begins once more, with the request as it is without the offer.
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

/** Lets an upgrade wait for the answers to what came before it on its connection. */
export class UpgradeTurns {
  /** The answer that comes last, as far as there is one to come. */
  readonly #last = new WeakMap<Duplex, ServerResponse>()
  readonly #waiting = new Set<Duplex>()

  /** Notes an answer that is to come. */
  add(response: ServerResponse): void {
    const { socket } = response.req
    this.#last.set(socket, response)
    response.once("close", () => {
      if (this.#last.get(socket) === response) this.#last.delete(socket)
    })
  }

  /** Takes an upgrade's turn: now, mostly; never when the connection is closed before. */
  take(socket: Duplex, turn: () => void): void {
    const last = this.#last.get(socket)
    if (last === undefined) turn()
    else this.#after(last, socket, turn)
  }

  /** Closes the connections of those that wait. */
  cut(): void {
    for (const socket of this.#waiting) socket.destroy()
  }

  #after(last: ServerResponse, socket: Duplex, turn: () => void): void {
    // Node.js no longer looks after the socket.
    const ignore = () => {}
    socket.on("error", ignore)
    this.#waiting.add(socket)
    // An answer that has no turn yet never closes when the connection does: Node.js has let go of both.
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
