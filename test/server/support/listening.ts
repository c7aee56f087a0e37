import { connect, type Socket } from "node:net"
import { onTestFinished } from "vitest"
import type { Game } from "../../../src/resolvers/game.js"
import { type RunningServer, type ServerOptions, startServer } from "../../../src/server/server.js"
import { KeptLogger } from "../../support/keptLogger.js"
import { stubGame } from "./stubGame.js"

export interface Listening extends RunningServer {
  readonly logger: KeptLogger
}

/** A server on a free port, closed when the test is over. */
export async function newListening(
  game: Game = stubGame(),
  options: Partial<ServerOptions> = {},
): Promise<Listening> {
  const logger = new KeptLogger()
  const server = await startServer({ host: "127.0.0.1", port: 0, game, logger, ...options })
  onTestFinished(() => server.close())
  return { ...server, logger }
}

const JSON_TYPE = { "content-type": "application/json" }

/** Posts a text as it is. */
export function post(
  url: string,
  body: string,
  headers: Record<string, string> = JSON_TYPE,
): Promise<Response> {
  return fetch(`${url}/graphql`, { method: "POST", headers: { connection: "close", ...headers }, body })
}

export interface GraphqlAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: the tests say which fields they asked for
  readonly data?: any
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
}

export async function ask(url: string, query: unknown, variables?: unknown): Promise<GraphqlAnswer> {
  return answerOf(await post(url, JSON.stringify({ query, variables })))
}

/** An answer, which must be GraphQL's. */
export async function answerOf(response: Response): Promise<GraphqlAnswer> {
  return { status: response.status, ...((await response.json()) as Omit<GraphqlAnswer, "status">) }
}

/** A connection of bytes, and all that came over it. */
export class RawConnection {
  readonly socket: Socket
  received = ""
  readonly closed: Promise<void>

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1")
    this.socket.on("data", chunk => {
      this.received += chunk.toString("latin1")
    })
    this.socket.on("error", () => {})
    this.closed = new Promise(resolve => this.socket.once("close", () => resolve()))
    onTestFinished(() => {
      this.socket.destroy()
    })
  }

  send(text: string): void {
    this.socket.write(text)
  }
}
