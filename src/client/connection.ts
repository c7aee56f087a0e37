import type { SubscribePayload } from "graphql-ws"
import { Session, type SubscriptionEnd, type Take } from "./session.js"

/** How often a server sends a heartbeat to subscriptions that ask for them. */
export const HEARTBEAT_MS = 10_000

/** After this much silence the server is considered gone. */
const SILENCE_MS = 3 * HEARTBEAT_MS

export interface SubscriptionConnectionOptions {
  /** GraphQL addresses of one realm, at least one. After each loss the next is used. */
  readonly urls: readonly string[]
  /** The index of the address to start with. */
  readonly first?: number
  /** After how much silence the server is considered gone, in milliseconds. */
  readonly silenceMs?: number
}

/** A WebSocket to one of several servers; when it is lost, the next one goes to the next server. */
export class SubscriptionConnection {
  readonly #options: SubscriptionConnectionOptions
  #turn: number
  #session: Session | null = null

  constructor(options: SubscriptionConnectionOptions) {
    this.#options = options
    this.#turn = options.first ?? 0
  }

  /** The address of the server that it is connected to, or was last. */
  get url(): string {
    return this.#session?.url ?? this.#options.urls[this.#turn % this.#options.urls.length] ?? ""
  }

  /** Subscribes. Resolves when the subscription has ended, for whatever reason; it is not resumed here. */
  run<N>(request: SubscribePayload, take: Take<N>, signal: AbortSignal): Promise<SubscriptionEnd> {
    if (this.#session === null || this.#session.isOver) {
      const { urls, silenceMs = SILENCE_MS } = this.#options
      const url = urls[this.#turn % urls.length]
      if (url === undefined) throw new Error("no server to subscribe to")
      this.#turn += 1
      this.#session = new Session(url, silenceMs)
    }
    return this.#session.run(request, take, signal)
  }
  /** Ends all subscriptions. Idempotent. */
  close(): void {
    this.#session?.close()
  }
}
