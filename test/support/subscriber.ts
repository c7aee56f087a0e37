import { setTimeout as lasting } from "node:timers/promises"
import { WebSocket } from "ws"

/** Between the end of one socket and the next try. */
const AGAIN_MS = 30

/** A server that is alive answers a handshake within this, and tells where a subscription begins. */
const HANDSHAKE_MS = 5000
const BEGIN_MS = 20_000

/** One subscription as a client asks for it; its notices come as `notice`, with a cursor. */
export interface Subscription {
  readonly query: string
  readonly variables: object
}

export interface PurchaseFilter {
  readonly playerId?: string
  readonly swordType?: string
  readonly region?: string
  readonly guildId?: string
  readonly from?: string
  readonly to?: string
}

/** `fields` are of the purchase; its id is one of them. */
export function purchases(filter: PurchaseFilter = {}, fields = "id"): Subscription {
  const query = `subscription ($filter: PurchaseFilter, $after: Cursor) {
    notice: purchases(filter: $filter, after: $after, heartbeat: true) { cursor purchase { ${fields} } }
  }`
  return { query, variables: { filter } }
}

export function playerChanged(id: string): Subscription {
  const query = `subscription ($id: ID!, $after: Cursor) {
    notice: playerChanged(id: $id, after: $after, heartbeat: true) { cursor eventType player { id } }
  }`
  return { query, variables: { id } }
}

export function guildChanged(id: string): Subscription {
  const query = `subscription ($id: ID!, $after: Cursor) {
    notice: guildChanged(id: $id, after: $after, heartbeat: true) { cursor eventType guild { id } }
  }`
  return { query, variables: { id } }
}

/** What a notice told, and of which commit. */
export interface Told {
  readonly offset: number
  /** A purchase's id, or the event's type. */
  readonly what: string
  /** When it came, by `performance.now()`. */
  readonly at: number
}

interface Notice {
  readonly cursor: string
  readonly purchase?: { readonly id: string } | null
  readonly eventType?: string | null
}

interface ClientError {
  readonly message: string
  readonly extensions: { readonly code: string; readonly retryable?: boolean; readonly cursor?: string }
}

type Message =
  | { readonly type: "connection_ack" | "ping" | "pong" | "complete" }
  | { readonly type: "error"; readonly payload: readonly ClientError[] }
  | {
      readonly type: "next"
      readonly payload: {
        readonly data?: { readonly notice: Notice }
        readonly errors?: readonly ClientError[]
      }
    }

export interface SubscriberOptions {
  /** A cursor to begin after; without one it begins now. */
  readonly after?: string | null
  /** Where its sockets come from: a server takes a bounded number from each address. */
  readonly localAddress?: string
}

/**
 * One subscription that goes on: whenever its socket ends it opens another one and resumes after the last cursor that it
 * has. It speaks graphql-transport-ws by hand and checks that each cursor lies beyond the one before.
 */
export class Subscriber {
  readonly told: Told[] = []
  /** What must not happen, a line each. */
  readonly problems: string[] = []
  /** How often it was told that it is too slow. */
  tooSlow = 0
  /** How many sockets it has opened. */
  sockets = 0
  readonly #subscription: Subscription
  readonly #localAddress: string | undefined
  #url: string
  #cursor: string | null
  #last = { offset: -1, index: -1 }
  #socket: WebSocket | null = null
  #over = false
  #running: Promise<void>

  constructor(
    url: string,
    subscription: Subscription,
    { after = null, localAddress }: SubscriberOptions = {},
  ) {
    this.#url = url
    this.#subscription = subscription
    this.#cursor = after
    this.#localAddress = localAddress
    this.#running = this.#follow()
  }

  /** Starts one, and waits until the server has told where it begins: what happens from now on belongs to it. */
  static async begin(
    url: string,
    subscription: Subscription,
    options: SubscriberOptions = {},
  ): Promise<Subscriber> {
    const subscriber = new Subscriber(url, subscription, options)
    const until = Date.now() + BEGIN_MS
    while (subscriber.cursor === null) {
      if (Date.now() > until) throw new Error(`no first notice: ${subscriber.problems}`)
      await lasting(10)
    }
    return subscriber
  }

  /** Of its last notice. */
  get cursor(): string | null {
    return this.#cursor
  }

  /** The next socket goes to another server. */
  moveTo(url: string): void {
    this.#url = url
  }

  /** Cuts the socket as a network does: what is on its way is lost. */
  cut(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.terminate()
  }

  /** Reads nothing of the socket that it has now, until `unpause`. */
  pause(): void {
    this.#socket?.pause()
  }

  unpause(): void {
    this.#socket?.resume()
  }

  async stop(): Promise<void> {
    this.#over = true
    this.cut()
    await this.#running
  }

  async #follow(): Promise<void> {
    while (!this.#over) {
      await this.#oneSocket()
      await lasting(AGAIN_MS)
    }
  }

  #oneSocket(): Promise<void> {
    const url = this.#url.replace(/^http/, "ws")
    const socket = new WebSocket(url, "graphql-transport-ws", {
      handshakeTimeout: HANDSHAKE_MS,
      localAddress: this.#localAddress,
    })
    this.#socket = socket
    this.sockets += 1
    socket.on("open", () => send(socket, { type: "connection_init" }))
    socket.on("message", data => {
      // What comes after a cut is lost.
      if (this.#socket === socket) this.#take(socket, JSON.parse(String(data)) as Message)
    })
    socket.on("error", () => {})
    return new Promise(resolve => socket.once("close", () => resolve()))
  }

  #take(socket: WebSocket, message: Message): void {
    if (message.type === "connection_ack") this.#subscribe(socket)
    else if (message.type === "next") this.#next(message.payload)
    else if (message.type === "error") this.#ended(message.payload)
    else if (message.type === "ping") send(socket, { type: "pong" })
    else if (message.type === "complete") this.problems.push("the server ended the subscription")
  }

  #subscribe(socket: WebSocket): void {
    const { query, variables } = this.#subscription
    const after = this.#cursor
    send(socket, { id: "1", type: "subscribe", payload: { query, variables: { ...variables, after } } })
  }

  #next({ data, errors }: { readonly data?: { readonly notice: Notice }; readonly errors?: unknown }): void {
    if (errors !== undefined) this.problems.push(`a notice with errors: ${JSON.stringify(errors)}`)
    if (data === undefined) return
    const { cursor, purchase, eventType } = data.notice
    const what = purchase?.id ?? eventType ?? null
    // A cursor is the place right after its event.
    const { offset, index: next } = placeOf(cursor)
    const index = next - 1
    this.#cursor = cursor
    if (what === null) return
    const isBeyond = offset > this.#last.offset || (offset === this.#last.offset && index > this.#last.index)
    if (!isBeyond) this.problems.push(`${what} came after ${JSON.stringify(this.#last)}`)
    if (purchase && purchase.id !== `${offset}-${index}`) {
      this.problems.push(`${what} came with the cursor of ${offset}-${index}`)
    }
    this.#last = { offset, index }
    this.told.push({ offset, what, at: performance.now() })
  }

  #ended([error]: readonly ClientError[]): void {
    const { code, retryable = false, cursor } = error?.extensions ?? { code: "none" }
    if (code === "SUBSCRIBER_TOO_SLOW" && cursor !== undefined) {
      this.tooSlow += 1
      this.#cursor = cursor
    } else if (!retryable) {
      this.problems.push(`${code}: ${error?.message}`)
      this.#over = true
    }
    this.cut()
  }
}

/** The place in a cursor: clients need not know it, a test that compares places does. */
function placeOf(cursor: string): { offset: number; index: number } {
  const text = Buffer.from(cursor, "base64url").toString()
  const [, offset, index] = /:(\d+)\.(\d+)$/.exec(text) ?? []
  if (offset === undefined || index === undefined) throw new Error(`no cursor of a feed: ${text}`)
  return { offset: Number(offset), index: Number(index) }
}

function send(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message))
}
