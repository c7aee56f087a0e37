import { once } from "node:events"
import { createServer } from "node:http"
import { handleProtocols } from "graphql-ws"
import { onTestFinished } from "vitest"
import { type WebSocket, WebSocketServer } from "ws"

/** One subscription that a client has started. */
export interface Subscribed {
  readonly variables: Readonly<Record<string, unknown>>
  readonly socket: WebSocket
  /** With errors: a notice with a part missing. */
  notice(notice: object, errors?: readonly object[]): void
  errors(...errors: readonly object[]): void
}

/**
 * What the server does with the first subscription, the second, and so on; the last applies to all further
 * ones.
 */
export type Script = readonly ((subscribed: Subscribed) => void)[]

export interface Scripted {
  /** Its GraphQL address. */
  readonly url: string
  /** `after` of each subscription, in the order in which they came. */
  readonly afters: readonly unknown[]
}

interface Message {
  readonly id: string
  readonly type: string
  readonly payload?: { readonly variables?: Readonly<Record<string, unknown>> }
}

/**
 * A server that speaks the protocol of graphql-ws and treats subscriptions as scripted. Ends with the test.
 */
export async function startScriptedServer(script: Script): Promise<Scripted> {
  const afters: unknown[] = []
  const server = createServer((_, response) => response.writeHead(404).end("nothing is here"))
  const sockets = new WebSocketServer({ noServer: true, handleProtocols })
  server.on("upgrade", (request, socket, head) => {
    if (request.url === "/graphql") {
      sockets.handleUpgrade(request, socket, head, one => sockets.emit("connection", one))
    } else socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 15\r\n\r\nnothing is here")
  })
  sockets.on("connection", (socket: WebSocket) => {
    socket.on("message", data => {
      const { type, id, payload } = JSON.parse(String(data)) as Message
      if (type === "connection_init") send(socket, { type: "connection_ack" })
      if (type !== "subscribe") return
      const { variables = {} } = payload ?? {}
      const play = script[Math.min(afters.length, script.length - 1)]
      afters.push(variables.after)
      play?.({
        variables,
        socket,
        notice: (notice, faults) =>
          send(socket, { type: "next", id, payload: { data: { notice }, errors: faults } }),
        errors: (...errors) => send(socket, { type: "error", id, payload: errors }),
      })
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  return { url: `http://127.0.0.1:${address.port}/graphql`, afters }
}

function send(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message))
}

/** A fault as a subscription ends with. */
export function faultOf(code: string, retryable: boolean, cursor?: string): object {
  return { message: `it says ${code}`, extensions: { code, retryable, cursor } }
}
