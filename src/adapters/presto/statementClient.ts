import { setTimeout as sleep } from "node:timers/promises"
import { Agent, type Dispatcher, interceptors } from "undici"
import { parsePage, type ResultPage } from "./page.js"
import { PrestoProblem, problemOfError, problemOfStatus } from "./problem.js"

/** Statuses from a gateway without a Presto behind it, and from a Presto that is starting. */
const AWAY = new Set([429, 502, 503, 504])

/** How many times a request is retried, after pauses that double: 3 s in total. */
const RETRIES_MAX = 5
const PAUSE_MS = 100

/** Presto answers within a second, even when there is nothing to report yet. */
const ANSWER_MS = 30_000

/** How long Presto may take to cancel an abandoned query. Only `close` waits for that. */
const CANCEL_MS = 1000

const REDIRECTS_MAX = 3

export interface StatementClientOptions {
  /** http://host:port or https://host:port; user and password may precede the host. */
  readonly url: string
  /** Where names without a catalog or a schema are looked up. */
  readonly catalog: string
  readonly schema: string
}

interface Sending {
  readonly method: "POST" | "GET" | "DELETE"
  readonly url: URL
  readonly body?: string
}

/**
 * Presto's statement protocol: https://prestodb.io/docs/0.287/develop/client-protocol.html. The signal ends everything:
 * the request in flight, the pause before the next one, and the query in Presto.
 */
export class StatementClient {
  readonly #statements: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #login: Readonly<Record<string, string>>
  readonly #agent = new Agent({ headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS })
  readonly #http: Dispatcher = this.#agent.compose(interceptors.redirect({ maxRedirections: REDIRECTS_MAX }))
  readonly #busy = new Set<Promise<void>>()

  constructor({ url, catalog, schema }: StatementClientOptions) {
    const { origin, username, password } = new URL(url)
    const user = decodeURIComponent(username) || "guildhall"
    const login = Buffer.from(`${user}:${decodeURIComponent(password)}`).toString("base64")
    this.#statements = new URL("/v1/statement", origin)
    this.#headers = {
      "x-presto-user": user,
      "x-presto-source": "guildhall",
      "x-presto-catalog": catalog,
      "x-presto-schema": schema,
      "x-presto-time-zone": "UTC",
    }
    this.#login = password === "" ? {} : { authorization: `Basic ${login}` }
  }

  /** Host and port, for messages. */
  get host(): string {
    return this.#statements.host
  }

  /** Runs a statement and passes its answer to `take`, page by page. Throws PrestoProblem, and what `take` throws. */
  run(statement: string, signal: AbortSignal, take: (page: ResultPage) => void): Promise<void> {
    return this.#tracked(this.#run(statement, signal, take))
  }

  /** Waits for all statements to end; call it once their signals are aborted. */
  async close(): Promise<void> {
    while (this.#busy.size > 0) await Promise.allSettled(this.#busy)
    await this.#agent.destroy()
  }

  async #run(statement: string, signal: AbortSignal, take: (page: ResultPage) => void): Promise<void> {
    let next: URL | null = null
    try {
      let page = await this.#page({ method: "POST", url: this.#statements, body: statement }, signal)
      for (;;) {
        next = page.next
        take(page)
        if (next === null) return
        page = await this.#page({ method: "GET", url: next }, signal)
      }
    } finally {
      if (next !== null) void this.#tracked(this.#cancel(next))
    }
  }

  /** Retries a bounded number of times: our statements read, or may be run twice. */
  async #page(sending: Sending, signal: AbortSignal): Promise<ResultPage> {
    for (let retries = 0; ; retries++) {
      const { status, text } = await this.#send(sending, signal)
      if (status === 200) return parsePage(text)
      if (!AWAY.has(status)) throw problemOfStatus(status, text)
      if (retries === RETRIES_MAX) {
        const { message } = problemOfStatus(status, text)
        throw new PrestoProblem(`${message}; given up after ${retries + 1} tries`)
      }
      // Between half and all of the pause, so that requests that failed together do not return together.
      await sleep(PAUSE_MS * 2 ** retries * (0.5 + Math.random() / 2), undefined, { signal })
    }
  }

  async #cancel(next: URL): Promise<void> {
    try {
      await this.#send({ method: "DELETE", url: next }, AbortSignal.timeout(CANCEL_MS))
    } catch {
      // Presto ends a query by itself when nobody fetches its result: query.client.timeout.
    }
  }

  async #send({ method, url, body }: Sending, signal: AbortSignal) {
    // The password is not sent to whatever origin an answer points to.
    const login = url.origin === this.#statements.origin ? this.#login : {}
    try {
      const answer = await this.#http.request({
        ...{ method, origin: url.origin, path: `${url.pathname}${url.search}`, signal },
        headers: { ...this.#headers, ...login },
        ...(body === undefined ? {} : { body }),
      })
      return { status: answer.statusCode, text: await answer.body.text() }
    } catch (error) {
      throw problemOfError(error)
    }
  }

  #tracked(work: Promise<void>): Promise<void> {
    const busy = work.catch(() => {}).finally(() => this.#busy.delete(busy))
    this.#busy.add(busy)
    return work
  }
}
