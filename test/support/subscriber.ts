import { setTimeout as lasting } from "node:timers/promises"
import { WebSocket } from "ws"

/** How long after the end of a socket the next one is opened. */
const AGAIN_MS = 30

/** How long a live server may take to answer a handshake, and to send a subscription's first cursor. */
const HANDSHAKE_MS = 5000
const BEGIN_MS = 20_000

/** One subscription as a client requests it; its notices come as `notice`, with a cursor. */
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

/** `fields` are those of the purchase, its id among them. */
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

/** A notice, and the offset of its commit. */
export interface ReceivedNotice {
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
  /** A cursor to begin after; without it, the subscription begins now. */
  readonly after?: string | null
  /** The address its sockets come from: a server accepts a bounded number from each. */
  readonly localAddress?: string
}

/**
 * One subscription that resumes: whenever its socket ends, it opens another one and continues after its last
 * cursor. It speaks graphql-transport-ws by hand and checks that each cursor lies beyond the one before.
 */
export class Subscriber {
  readonly received: ReceivedNotice[] = []
  /** What must not happen, one line each. */
  readonly problems: string[] = []
  /** How often it was ended as too slow. */
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

  /** Starts one, and waits for its first cursor: it must receive what happens from now on. */
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

  /** The cursor of its last notice. */
  get cursor(): string | null {
    return this.#cursor
  }

  /** The next socket goes to another server. */
  moveTo(url: string): void {
    this.#url = url
  }

  /** Cuts the socket as a network does: what is in flight is lost. */
  cut(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.terminate()
  }

  /** Stops reading the current socket until `unpause`. */
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
    this.received.push({ offset, what, at: performance.now() })
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

/** The position in a cursor: clients need not know it, but a test that compares positions does. */
function placeOf(cursor: string): { offset: number; index: number } {
  const text = Buffer.from(cursor, "base64url").toString()
  const [, offset, index] = /:(\d+)\.(\d+)$/.exec(text) ?? []
  if (offset === undefined || index === undefined) throw new Error(`no cursor of a feed: ${text}`)
  return { offset: Number(offset), index: Number(index) }
}

function send(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message))
}
