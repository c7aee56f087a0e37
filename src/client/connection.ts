import type { SubscribePayload } from "graphql-ws"
import { Session, type SubscriptionEnd, type Take } from "./session.js"

/** A server sends a heartbeat this often where they are asked for. */
export const HEARTBEAT_MS = 10_000

/** After this much silence the server is taken for gone. */
const SILENCE_MS = 3 * HEARTBEAT_MS

export interface SubscriptionConnectionOptions {
  /** GraphQL addresses of one realm: after each loss it goes to the next. At least one. */
  readonly urls: readonly string[]
  /** Which of them comes first. */
  readonly first?: number
  /** In milliseconds. */
  readonly silenceMs?: number
}

/** A WebSocket to one of several servers, and when that is lost, one to the next. */
export class SubscriptionConnection {
  readonly #options: SubscriptionConnectionOptions
  #turn: number
  #session: Session | null = null

  constructor(options: SubscriptionConnectionOptions) {
    this.#options = options
    this.#turn = options.first ?? 0
  }

  /** Of the server that it talks to, or talked to last. */
  get url(): string {
    return this.#session?.url ?? this.#options.urls[this.#turn % this.#options.urls.length] ?? ""
  }

  /** Subscribes. Resolves when that has ended, for whatever reason: it is not resumed here. */
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
  /** Ends all subscriptions. Repeatable. */
  close(): void {
    this.#session?.close()
  }
}
