import { createServer, type IncomingMessage } from "node:http"
import { type WebSocket, WebSocketServer } from "ws"
import { SUBPROTOCOL } from "./protocol.js"

// The limit: sends a message of the same form and size to the same sockets at the same times, and does nothing else.
// Started by forked.ts.

/** As long as a cursor of ours. */
const CURSOR = "x".repeat(Number(process.argv[2] ?? 0))

const groups = new Map<string, Set<WebSocket>>()
let made = 0

const server = createServer(async (request, response) => {
  const { region } = JSON.parse(await textOf(request)).variables.input
  const id = `${++made}-0`
  const purchase = { id, price: 10, region, sword: { name: "Wooden sword" } }
  const message = noticeOf(purchase)
  for (const socket of groups.get(region) ?? []) socket.send(message)
  response.setHeader("content-type", "application/json")
  response.end(JSON.stringify({ data: { buySword: { purchase: { id }, refusal: null } } }))
})
const sockets = new WebSocketServer({ server, handleProtocols: () => SUBPROTOCOL })
sockets.on("connection", socket => {
  socket.on("error", () => {})
  socket.on("message", data => {
    const { type, payload } = JSON.parse(String(data))
    if (type === "connection_init") socket.send('{"type":"connection_ack"}')
    if (type === "subscribe") join(socket, payload.variables.filter.region)
  })
})
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("expected a port")
  process.send?.(`http://127.0.0.1:${address.port}`)
})
process.once("disconnect", () => {
  for (const socket of sockets.clients) socket.terminate()
  server.close()
  server.closeAllConnections()
})

function join(socket: WebSocket, region: string): void {
  const group = groups.get(region) ?? new Set()
  groups.set(region, group.add(socket))
  socket.send(noticeOf(null))
}

function noticeOf(purchase: object | null): string {
  const payload = { data: { notice: { cursor: CURSOR, purchase } } }
  return JSON.stringify({ id: "1", type: "next", payload })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
