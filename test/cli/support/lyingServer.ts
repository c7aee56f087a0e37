import { createServer, type IncomingMessage, type Server } from "node:http"
import { handleProtocols } from "graphql-ws"
import { onTestFinished } from "vitest"
import { WebSocket, WebSocketServer } from "ws"
import { startServer } from "../../../src/server/server.js"
import { openGame } from "../../support/game.js"

/** A GraphQL request, as far as a lie needs it. */
export interface Asked {
  /** The mutation's field, or the name of the query's operation. */
  readonly name: string
  readonly query: string
  readonly variables: { readonly input?: Readonly<Record<string, unknown>> }
}

/** The true server's answer to a request, as a value to tamper with. */
export type Forward = (asked: Asked) => Promise<unknown>

/**
 * Gives the answer instead of the true one; `forward` asks the true server, as often as it is called.
 * Undefined: the connection breaks without an answer.
 */
export type Lie = (asked: Asked, forward: Forward) => Promise<unknown>

export const honest: Lie = (asked, forward) => forward(asked)

/** Lets the true server answer. */
export function relayTo(url: string): Lie {
  return async ({ query, variables }) => {
    const headers = { "content-type": "application/json" }
    const body = JSON.stringify({ query, variables })
    return (await fetch(url, { method: "POST", headers, body })).json()
  }
}

/** An answer with a retryable fault. */
export function fault(code: string): unknown {
  return { data: { answer: null }, errors: [{ message: code, extensions: { code, retryable: true } }] }
}

/** A message of the server on a WebSocket. */
export interface WsMessage {
  readonly id?: string
  readonly type: string
  readonly payload?: unknown
}

/**
 * Gives the messages sent on a WebSocket instead of one of the true server's. Undefined: the socket is cut.
 */
export type NoticeLie = (message: WsMessage) => readonly WsMessage[] | undefined

/**
 * Starts a true server over a game in memory, behind one that lies; both end with the test. Returns the
 * liar's URL.
 */
export async function startLyingServer(lie: Lie, noticeLie: NoticeLie = one => [one]): Promise<string> {
  const game = await openGame()
  const truth = await startServer({ host: "127.0.0.1", port: 0, game, logger: game.logger })
  const forward: Forward = async ({ query, variables }) => {
    const body = JSON.stringify({ query, variables })
    const headers = { "content-type": "application/json" }
    return (await fetch(`${truth.url}/graphql`, { method: "POST", headers, body })).json()
  }
  const liar = createServer(async (request, response) => {
    const answer = await lie(await askedBy(request), forward)
    if (answer === undefined) request.socket.destroy()
    else response.setHeader("content-type", "application/json").end(JSON.stringify(answer))
  })
  relaySockets(liar, `${truth.url}/graphql`, noticeLie)
  await new Promise<void>(resolve => liar.listen(0, "127.0.0.1", resolve))
  onTestFinished(async () => {
    liar.closeAllConnections()
    liar.close()
    await truth.close()
    await game.close()
  })
  const address = liar.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  return `http://127.0.0.1:${address.port}/graphql`
}

/** Forwards each WebSocket of a client to the true server. */
function relaySockets(liar: Server, url: string, lie: NoticeLie): void {
  const sockets = new WebSocketServer({ server: liar, handleProtocols })
  sockets.on("connection", client => {
    const truth = new WebSocket(url, client.protocol)
    const cut = () => {
      client.terminate()
      truth.terminate()
    }
    const early: string[] = []
    client.on("message", data => {
      if (truth.readyState === truth.OPEN) truth.send(String(data))
      else early.push(String(data))
    })
    truth.on("open", () => {
      for (const text of early) truth.send(text)
    })
    truth.on("message", data => {
      const messages = lie(JSON.parse(String(data)) as WsMessage)
      if (messages === undefined) cut()
      else for (const message of messages) client.send(JSON.stringify(message))
    })
    for (const socket of [client, truth]) socket.on("close", cut).on("error", cut)
  })
}

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { query, variables = {} } = JSON.parse(Buffer.concat(chunks).toString()) as Asked
  const name = /answer: (\w+)/.exec(query)?.[1] ?? /query (\w+)/.exec(query)?.[1] ?? ""
  return { name, query, variables }
}
