import { once } from "node:events"
import { onTestFinished } from "vitest"
import { WebSocket } from "ws"

export interface Message {
  readonly type: string
  readonly id?: string
  // biome-ignore lint/suspicious/noExplicitAny: the tests say which fields they asked for
  readonly payload?: any
}

const WITHIN_MS = 10_000

/** A client that speaks the protocol by hand, well or badly. */
export class WsClient {
  readonly socket: WebSocket
  readonly messages: Message[] = []
  /** The close code, once it is closed. */
  readonly closed: Promise<number>
  #changed: () => void = () => {}

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on("message", data => {
      this.messages.push(JSON.parse(String(data)) as Message)
      this.#changed()
    })
    socket.on("error", () => {})
    this.closed = new Promise(resolve => socket.once("close", (code: number) => resolve(code)))
    onTestFinished(() => socket.terminate())
  }

  /** A socket that is open; nothing was said yet. */
  static async open(
    url: string,
    protocols: string[] = ["graphql-transport-ws"],
    headers: Record<string, string> = {},
  ): Promise<WsClient> {
    const client = new WsClient(new WebSocket(`${url.replace("http", "ws")}/graphql`, protocols, { headers }))
    await once(client.socket, "open")
    return client
  }

  /** A socket that was acknowledged. */
  static async connect(url: string): Promise<WsClient> {
    const client = await WsClient.open(url)
    client.send({ type: "connection_init" })
    await client.next("connection_ack")
    return client
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message))
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: "subscribe", payload: { query, variables } })
  }

  /** The first message of a type, and of an id where one is given, that was not taken before. */
  async next(type: string, id?: string): Promise<Message> {
    const until = Date.now() + WITHIN_MS
    for (;;) {
      const place = this.messages.findIndex(one => one.type === type && (id === undefined || one.id === id))
      if (place !== -1) return this.messages.splice(place, 1)[0] as Message
      if (Date.now() > until) throw new Error(`no ${type}: ${JSON.stringify(this.messages)}`)
      await new Promise<void>(resolve => {
        this.#changed = resolve
        setTimeout(resolve, 100)
      })
    }
  }
}
