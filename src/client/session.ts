import type { Client, SubscribePayload } from "graphql-ws"
import type { GraphqlError } from "./graphqlClient.js"
import { type Closed, errorOf, oneSocketClient } from "./oneSocketClient.js"
import { type PatientSocket, UpgradeRefused } from "./patientSocket.js"

/** How long a server may take to answer a close. */
const CLOSED_WITHIN_MS = 500

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const NORMAL_CLOSURE = 1000

/** Close codes that retrying does not fix: the protocol's own, for mistakes of the client. */
const HOPELESS_CODES: ReadonlySet<number> = new Set([4400, 4401, 4403, 4406, 4409, 4429])

/** HTTP statuses of a refused upgrade that retrying may fix; it may also fix any from 500 on. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429])

/** How a subscription ended. */
export type SubscriptionEnd =
  | { readonly kind: "stopped" }
  | { readonly kind: "completed" }
  | { readonly kind: "refused"; readonly errors: readonly GraphqlError[] }
  | Lost

/** The socket is gone, or was never opened. */
interface Lost {
  readonly kind: "lost"
  readonly reason: string
  /** Whether retrying cannot fix it. */
  readonly isHopeless: boolean
}

/** Takes a notice. While a promise that it returned is pending, the socket is not read. */
export type Take<N> = (notice: N) => void | Promise<void>

/**
 * One WebSocket to one server, for the socket's lifetime, and the subscriptions on it. It opens with the
 * first subscription and closes after the last; when it is lost, all of them end: another one would not know
 * the cursor reached by then.
 */
export class Session {
  readonly url: string
  readonly #client: Client
  readonly #running = new Set<(ending: SubscriptionEnd) => void>()
  readonly #watch: NodeJS.Timeout
  #socket: PatientSocket | null = null
  #problem: Error | null = null
  #heardAt = Date.now()
  #holds = 0
  #isOver = false

  /** A socket on which nothing arrives for `silenceMs` is closed. */
  constructor(url: string, silenceMs: number) {
    this.url = url
    this.#watch = setInterval(() => this.#assertHeard(silenceMs), silenceMs / 10)
    this.#client = oneSocketClient(url, {
      lazy: true,
      opening: socket => {
        this.#socket = socket
      },
      heard: () => {
        this.#heardAt = Date.now()
      },
      failed: error => {
        this.#problem ??= error
      },
      closed: how => this.#lose(how),
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * Resolves when the subscription has ended, by the signal or otherwise. Rejects with what `take` throws.
   */
  run<N>(request: SubscribePayload, take: Take<N>, signal: AbortSignal): Promise<SubscriptionEnd> {
    return new Promise((resolve, reject) => {
      let isOver = false
      const leave = () => {
        isOver = true
        this.#running.delete(end)
        signal.removeEventListener("abort", stop)
        dispose()
      }
      const end = (ending: SubscriptionEnd) => {
        if (isOver) return
        leave()
        resolve(ending)
      }
      const stop = () => end({ kind: "stopped" })
      const fail = (error: unknown) => {
        if (!isOver) leave()
        reject(error)
      }
      const dispose = this.#client.subscribe<{ readonly notice: N }>(request, {
        next: ({ data, errors }) => {
          if (isOver) return
          // A notice with a part missing is not taken: the caller subscribes again and gets it whole.
          if (errors !== undefined || !data) end({ kind: "refused", errors: errors ?? [] })
          else this.#pass(data.notice, take, fail)
        },
        error: error =>
          Array.isArray(error) ? end({ kind: "refused", errors: error }) : this.#failed(error),
        complete: () => end({ kind: "completed" }),
      })
      this.#running.add(end)
      signal.addEventListener("abort", stop, { once: true })
      if (signal.aborted) stop()
    })
  }

  /** Ends all subscriptions. Idempotent. */
  close(): void {
    this.#lose("closed by this side")
    const socket = this.#socket
    socket?.close(NORMAL_CLOSURE)
    setTimeout(() => socket?.terminate(), CLOSED_WITHIN_MS).unref()
  }

  #pass<N>(notice: N, take: Take<N>, fail: (error: unknown) => void): void {
    try {
      const held = take(notice)
      if (held !== undefined) void this.#hold(held).catch(fail)
    } catch (error) {
      fail(error)
    }
  }

  async #hold(until: Promise<void>): Promise<void> {
    this.#holds += 1
    this.#socket?.pause()
    try {
      await until
    } finally {
      this.#holds -= 1
      this.#heardAt = Date.now()
      if (this.#holds === 0) this.#socket?.resume()
    }
  }

  #failed(error: unknown): void {
    this.#problem ??= errorOf(error)
    this.#lose(this.#problem.message)
    this.#socket?.terminate()
  }

  #assertHeard(silenceMs: number): void {
    if (this.#socket === null || this.#holds > 0 || Date.now() - this.#heardAt < silenceMs) return
    this.#lose(`nothing came for ${silenceMs / 1000} s`)
    this.#socket.terminate()
  }

  #lose(reason: Closed | string): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#watch)
    const ending = lost(this.#problem, reason)
    for (const end of [...this.#running]) end(ending)
    // Otherwise graphql-ws opens another socket after code 1000. It rejects if there was no socket yet.
    void Promise.resolve(this.#client.dispose()).catch(() => {})
  }
}

function lost(problem: Error | null, reason: Closed | string): Lost {
  if (problem instanceof UpgradeRefused) {
    const { status, message } = problem
    return { kind: "lost", reason: message, isHopeless: status < 500 && !PASSING_STATUSES.has(status) }
  }
  if (problem !== null) return { kind: "lost", reason: problem.message, isHopeless: false }
  if (typeof reason === "string") return { kind: "lost", reason, isHopeless: false }
  return { kind: "lost", reason: reason.text, isHopeless: HOPELESS_CODES.has(reason.code) }
}
