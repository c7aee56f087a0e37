import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as lasting, setImmediate as turn } from "node:timers/promises"
import { WebSocket } from "ws"
import type { WildRequest } from "./documents.js"

/** No answer may take longer, on a slow machine too. */
const ANSWER_WITHIN_MS = 30_000

/** What was damaged may have no end that the server could wait for: then nothing more comes within this. */
const SILENCE_MS = 50

const JSON_HEADERS = { "content-type": "application/json" }

/** The status and the text of an answer. Throws when none comes. */
export async function post(url: string, request: WildRequest): Promise<{ status: number; text: string }> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const response = await fetch(url, {
    method: "POST",
    headers: JSON_HEADERS,
    body: JSON.stringify(request),
    signal,
  })
  return { status: response.status, text: await response.text() }
}

/** As `post`, by parameters. */
export async function get(url: string, request: WildRequest): Promise<{ status: number; text: string }> {
  const parameters = Object.entries(request).map(([name, value]) => {
    const text = typeof value === "string" ? value : String(JSON.stringify(value))
    return `${name}=${encodeURIComponent(text.replace(/\p{Cs}/gu, ""))}`
  })
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const headers = { "apollo-require-preflight": "1" }
  const response = await fetch(`${url}?${parameters.join("&")}`, { headers, signal })
  return { status: response.status, text: await response.text() }
}

/** Everything that a server answers to bytes, until it is silent or closes. */
export async function answersTo(port: number, pieces: readonly Buffer[]): Promise<Buffer> {
  const socket = connect(port, "127.0.0.1")
  const received: Buffer[] = []
  let at = performance.now()
  socket.on("data", (chunk: Buffer) => {
    received.push(chunk)
    at = performance.now()
  })
  socket.on("error", () => {})
  await once(socket, "connect")
  for (const piece of pieces) {
    socket.write(piece)
    await turn()
  }
  while (!socket.closed && performance.now() - at < SILENCE_MS) await lasting(SILENCE_MS / 5)
  socket.destroy()
  return Buffer.concat(received)
}

const HANDSHAKE =
  "GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" +
  "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"

/** As `answersTo`, over a WebSocket; the answer to the handshake is left out. */
export async function framesTo(port: number, frames: Buffer): Promise<Buffer> {
  const received = await answersTo(port, [Buffer.from(HANDSHAKE), frames])
  return received.subarray(received.indexOf("\r\n\r\n") + 4)
}

/** One WebSocket, and operations over it. */
export class Operations {
  readonly #socket: WebSocket
  readonly #ended = new Map<string, () => void>()
  readonly texts: string[] = []
  code: number | null = null

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on("message", data => this.#take(String(data)))
    socket.on("error", () => {})
    socket.once("close", (code: number) => {
      this.code = code
      for (const end of this.#ended.values()) end()
    })
  }

  static async open(url: string): Promise<Operations> {
    const socket = new WebSocket(url.replace(/^http/, "ws"), "graphql-transport-ws")
    await once(socket, "open")
    const operations = new Operations(socket)
    await operations.#until("ack", { type: "connection_init" })
    return operations
  }

  /** Runs one until it ends by itself; a subscription until the server has answered what was sent after it. */
  async run(id: string, payload: WildRequest): Promise<void> {
    const ended = this.#until(id, { id, type: "subscribe", payload })
    if (!payload.query.includes("subscription")) return ended
    await Promise.race([ended, this.#until("pong", { type: "ping" })])
    this.#socket.send(JSON.stringify({ id, type: "complete" }))
  }

  close(): void {
    this.#socket.terminate()
  }

  async #until(id: string, message: object): Promise<void> {
    if (this.code !== null) return
    const ended = new Promise<void>(resolve => this.#ended.set(id, resolve))
    this.#socket.send(JSON.stringify(message))
    const late = lasting(ANSWER_WITHIN_MS, null, { ref: false }).then(() => {
      throw new Error(`no answer to ${JSON.stringify(message)}`)
    })
    await Promise.race([ended, late])
  }

  #take(text: string): void {
    this.texts.push(text)
    const { type, id } = JSON.parse(text) as { readonly type: string; readonly id?: string }
    if (type === "connection_ack") this.#ended.get("ack")?.()
    if (type === "pong") this.#ended.get("pong")?.()
    if ((type === "complete" || type === "error") && id !== undefined) this.#ended.get(id)?.()
  }
}
