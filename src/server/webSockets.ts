import { type IncomingMessage, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { CloseCode, handleProtocols, MessageType } from "graphql-ws"
import { type WebSocket, WebSocketServer } from "ws"
import { TokenBucket } from "../lib/tokenBucket.js"
import type { Logger } from "../ports/logger.js"
import { CorkedSocket } from "./corkedSocket.js"
import { LIMITS, SOCKET_LIMITS } from "./limits.js"
import type { Protocol } from "./protocol.js"
import { withQuery } from "./trustedDocuments.js"

/** How often the drain checks whether operations are done. */
const LOOK_MS = 20

/** Close codes of https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const GOING_AWAY = 1001
const POLICY_VIOLATION = 1008

const OF_CLIENTS = [
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
] as const

export interface WebSocketsOptions {
  readonly protocol: Protocol
  readonly logger: Logger
  /** How many sockets one address may have. */
  readonly perAddressMax: number
}

/** The WebSockets of `/graphql`: their number, messages, rate and unwritten data are bounded. */
export class WebSockets {
  readonly #options: WebSocketsOptions
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frameBytes,
    maxFragments: SOCKET_LIMITS.pieces,
    maxBufferedChunks: SOCKET_LIMITS.pieces,
    perMessageDeflate: false,
    handleProtocols,
  })
  readonly #perAddress = new Map<string, number>()

  constructor(options: WebSocketsOptions) {
    this.#options = options
  }

  /** How many are open. */
  get size(): number {
    return this.#server.clients.size
  }

  /** Accepts an upgrade, or refuses it with an HTTP answer. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = request.socket.remoteAddress ?? ""
    const open = this.#perAddress.get(address) ?? 0
    if (open >= this.#options.perAddressMax) {
      refuseUpgrade(socket, 429, `expected at most ${this.#options.perAddressMax} sockets per address`)
      return
    }
    this.#server.handleUpgrade(request, socket, head, webSocket => {
      this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1)
      webSocket.once("close", () => this.#left(address))
      this.#opened(webSocket, new CorkedSocket(webSocket, socket))
    })
  }

  /** Lets open queries and mutations finish for up to `withinMs`, then closes all sockets with 1001. */
  async close(withinMs: number): Promise<void> {
    await this.#idle(withinMs)
    const { clients } = this.#server
    const gone = [...clients].map(
      client => new Promise<void>(resolve => client.once("close", () => resolve())),
    )
    for (const client of clients) client.close(GOING_AWAY, "Going away")
    const cut = setTimeout(() => {
      for (const client of clients) client.terminate()
    }, SOCKET_LIMITS.closeWithinMs)
    await Promise.all(gone)
    clearTimeout(cut)
    this.#server.close()
  }

  #left(address: string): void {
    const left = (this.#perAddress.get(address) ?? 1) - 1
    if (left === 0) this.#perAddress.delete(address)
    else this.#perAddress.set(address, left)
  }

  #opened(socket: WebSocket, corked: CorkedSocket): void {
    const { logger, protocol } = this.#options
    // A mistake of the client: ws closes the socket with the fitting code.
    socket.on("error", error => logger.debug({ error: error.message }, "websocket: closing"))
    const stopPinging = ping(socket)
    const rate = new TokenBucket(LIMITS.messagesPerSecond, LIMITS.messagesAtOnce)
    const guard = () => {
      if (socket.bufferedAmount > SOCKET_LIMITS.bufferedBytes) socket.terminate()
      if (!rate.take()) socket.close(POLICY_VIOLATION, "Too many messages")
      return socket.readyState === socket.OPEN
    }
    socket.on("ping", guard)
    const closed = protocol.server.opened(
      {
        protocol: socket.protocol,
        send: text => corked.send(text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: take => {
          socket.on("message", (data, isBinary) => {
            if (!guard()) return
            if (isBinary) return socket.close(CloseCode.BadRequest, "Invalid message received")
            const text = withQuery(String(data))
            take(text).catch((error: unknown) => this.#failed(socket, error, text))
          })
        },
      },
      undefined,
    )
    socket.once("close", (code, reason) => {
      stopPinging()
      void Promise.resolve(closed(code, String(reason))).catch((error: unknown) =>
        this.#failed(socket, error),
      )
    })
  }

  #failed(socket: WebSocket, error: unknown, text: string | null = null): void {
    if (text !== null && !isOfClient(text)) {
      socket.close(CloseCode.BadRequest, "Invalid message received")
      return
    }
    this.#options.logger.error(
      { error: error instanceof Error ? error.stack : String(error) },
      "websocket: a bug",
    )
    socket.close(CloseCode.InternalServerError, "Internal server error")
  }

  async #idle(withinMs: number): Promise<void> {
    const until = Date.now() + withinMs
    while (this.#options.protocol.executing > 0 && Date.now() < until) {
      await new Promise(resolve => setTimeout(resolve, LOOK_MS))
    }
  }
}

/** Whether a well-formed message is one that clients send: graphql-ws takes any other for a bug. */
function isOfClient(text: string): boolean {
  return (OF_CLIENTS as readonly unknown[]).includes((JSON.parse(text) as { readonly type: unknown }).type)
}

/** Closes a socket whose client no longer answers. Returns how to stop. */
function ping(socket: WebSocket): () => void {
  let answered = true
  socket.on("pong", () => {
    answered = true
  })
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, SOCKET_LIMITS.pingEveryMs)
  return () => clearInterval(timer)
}

/** Answers an upgrade that is refused. */
export function refuseUpgrade(socket: Duplex, status: number, why: string): void {
  const text = `${why}\n`
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "connection: close",
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(text)}`,
  ]
  socket.on("error", () => {})
  // The HTTP server no longer manages it: a client that never closes its side would hold it for ever.
  socket.once("finish", () => socket.destroy())
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`)
}
