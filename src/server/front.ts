import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Logger } from "../ports/logger.js"
import { clientError, internalError } from "../resolvers/errors.js"
import type { Game } from "../resolvers/game.js"
import { answerPreflight, isPreflight, letRead } from "./cors.js"
import { drain } from "./drain.js"
import { type GraphqlParts, handleGraphql } from "./graphql.js"
import { LIMITS } from "./limits.js"
import type { Metrics } from "./metrics.js"
import { type OriginPolicy, refusalOf } from "./origin.js"
import { PAGES_PATH, Pages } from "./pages.js"
import { sendElsewhere, sendErrors, sendJson, sendText } from "./respond.js"
import { targetOf } from "./target.js"
import { Traffic } from "./traffic.js"
import { ignoreUpgrade, opensWebSocket, UpgradeTurns } from "./upgrades.js"
import { refuseUpgrade, type WebSockets } from "./webSockets.js"

/** All in milliseconds. */
export interface Timeouts {
  /** How long a client may take to send its headers, and its whole request. */
  readonly headers: number
  readonly request: number
  /** How often these two are checked. */
  readonly check: number
  /** After this a connection without a request is closed. */
  readonly keepAlive: number
  /** After this a connection on which nothing moves is closed: its client does not read the answer. */
  readonly stalled: number
  /** How long open requests may take to finish while the server closes. */
  readonly drain: number
}

/**
 * keepAlive is longer than a load balancer's usual minute, so that we never close a connection while it
 * sends.
 */
export const TIMEOUTS: Timeouts = {
  headers: 10_000,
  request: 15_000,
  check: 1000,
  keepAlive: 65_000,
  stalled: 120_000,
  drain: 10_000,
}

/** The most connections; further ones are closed at once. */
const CONNECTIONS_MAX = 10_000

interface FrontOptions extends GraphqlParts {
  readonly game: Game
  readonly policy: OriginPolicy
  readonly logger: Logger
  readonly timeouts: Timeouts
  readonly pages: Pages | null
  readonly webSockets: WebSockets
  readonly metrics: Metrics
  readonly degraded: () => readonly string[]
}

/** The HTTP server: routes each request to its handler, and answers if that fails. */
export class Front {
  readonly server: Server
  readonly #options: FrontOptions
  readonly #traffic = new Traffic()
  readonly #upgradeTurns = new UpgradeTurns()
  readonly #connections = new Set<Socket>()
  #draining = false

  constructor(options: FrontOptions) {
    this.#options = options
    const { headers, request: whole, check, keepAlive, stalled } = options.timeouts
    const timeouts = {
      headersTimeout: headers,
      requestTimeout: whole,
      connectionsCheckingInterval: check,
      keepAliveTimeout: keepAlive,
    }
    this.server = createServer(timeouts, (request, response) => this.#handle(request, response))
    this.server.on("upgrade", (request, socket, head) => {
      this.#upgradeTurns.take(socket, () => {
        if (opensWebSocket(request)) this.#upgrade(request, socket, head)
        else ignoreUpgrade(this.server, request, socket, head)
      })
    })
    this.server.timeout = stalled
    this.server.maxConnections = CONNECTIONS_MAX
    // Only their length is bounded: beyond a number Node.js drops headers, such as a second Host or the
    // body's length.
    this.server.maxHeadersCount = 0
    this.server.on("connection", socket => {
      // A connection on which an upgrade was ignored is announced again.
      if (this.#connections.has(socket)) return
      this.#connections.add(socket)
      socket.once("close", () => this.#connections.delete(socket))
    })
  }

  get draining(): boolean {
    return this.#draining
  }

  get connections(): number {
    return this.#connections.size
  }

  get requestsOpen(): number {
    return this.#traffic.open
  }

  async close(): Promise<void> {
    this.#draining = true
    const { webSockets, timeouts } = this.#options
    const socketsClosed = webSockets.close(timeouts.drain)
    const cut = () => {
      this.server.closeAllConnections()
      this.#upgradeTurns.cut()
    }
    await drain(this.server, () => this.connections, cut, timeouts.drain)
    await socketsClosed
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = targetOf(request)
    const refusal = refusalOf(request, target, this.#options.policy)
    if (refusal !== null) refuseUpgrade(socket, refusal.status, refusal.error.message)
    else if (this.#draining) refuseUpgrade(socket, 503, "shutting down")
    else if (target.path !== "/graphql") refuseUpgrade(socket, 404, "GraphQL is at /graphql")
    else this.#options.webSockets.upgrade(request, socket, head)
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    const { metrics } = this.#options
    this.#upgradeTurns.add(response)
    const excess = this.#traffic.take(socket)
    // A client that keeps sending without waiting for answers would not wait for this one either.
    if (excess === "requestsPerConnection") socket.destroy()
    else if (excess === "requestsAtOnce") {
      sendBusy(response)
      metrics.countRequest(response)
    } else {
      void this.#answer(request, response).finally(() => {
        this.#traffic.done(socket)
        metrics.countRequest(response)
      })
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#draining) response.setHeader("connection", "close")
    try {
      await this.#route(request, response)
    } catch (error) {
      const { logger } = this.#options
      logger.error({ error: error instanceof Error ? error.stack : String(error) }, "http: a bug")
      sendErrors(response, 500, [internalError()])
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = targetOf(request)
    const refusal = refusalOf(request, target, this.#options.policy)
    if (refusal !== null) return sendErrors(response, refusal.status, [refusal.error])
    switch (target.path) {
      case "/graphql":
        letRead(request, response)
        if (isPreflight(request)) return answerPreflight(response)
        return handleGraphql(this.#options, target, request, response)
      case "/healthz":
        return get(request, response, () => sendText(response, 200, "ok"))
      case "/readyz":
        return get(request, response, () => this.#answerReady(response))
      case "/metrics":
        return get(request, response, () => this.#options.metrics.answer(response))
      default:
        return this.#answerPage(target.path, request, response)
    }
  }

  /** The pages for people, and paths that do not exist. */
  async #answerPage(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pages } = this.#options
    const first = path === "/"
    if (pages === null || !(first || Pages.has(path))) {
      const error = clientError("BAD_USER_INPUT", "nothing is here; GraphQL is at /graphql")
      return sendErrors(response, 404, [error])
    }
    return get(request, response, () =>
      first ? sendElsewhere(response, PAGES_PATH) : pages.answer(path, request, response),
    )
  }

  #answerReady(response: ServerResponse): void {
    const reasons = this.#draining ? ["shutting down"] : this.#options.game.unready()
    const ready = reasons.length === 0
    const degraded = this.#options.degraded()
    sendJson(response, ready ? 200 : 503, { ready, reasons, degraded })
  }
}

/** The request's body is not read, so the connection cannot be used again. */
function sendBusy(response: ServerResponse): void {
  const message = `${LIMITS.requestsAtOnce} requests are open, the most allowed`
  const error = { message, extensions: { code: "OVERLOADED", retryable: true } }
  sendErrors(response, 503, [error], { connection: "close" })
}

async function get(
  { method }: IncomingMessage,
  response: ServerResponse,
  answer: () => void | Promise<void>,
): Promise<void> {
  if (method === "GET" || method === "HEAD") return answer()
  const error = clientError("BAD_USER_INPUT", `expected GET, got ${method}`)
  sendErrors(response, 405, [error], { allow: "GET, HEAD" })
}
