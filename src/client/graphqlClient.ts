import { Pool } from "undici"
import { UserError } from "../lib/userError.js"

/** How long one request may take: longer than a command's deadline on the server. */
export const REQUEST_MS = 15_000

export interface GraphqlError {
  readonly message: string
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean; readonly cursor?: string }
}

export interface GraphqlAnswer<T> {
  readonly data?: T | null
  readonly errors?: readonly GraphqlError[]
}

/** Sends requests to one GraphQL server. */
export interface GraphqlAsker {
  readonly url: string
  /**
   * Throws UserError if no GraphQL answer came: the connection broke (see `cause`), or something else
   * answered.
   */
  ask<T>(query: string, variables?: object): Promise<GraphqlAnswer<T>>
  close(): Promise<void>
}

/** Sends requests to one GraphQL server over connections that are kept open. */
export class GraphqlClient implements GraphqlAsker {
  readonly url: string
  readonly #path: string
  readonly #pool: Pool

  constructor(url: string, connections = 16) {
    const { origin, pathname } = new URL(url)
    this.url = url
    this.#path = pathname
    this.#pool = new Pool(origin, { connections, headersTimeout: REQUEST_MS, bodyTimeout: REQUEST_MS })
  }

  async ask<T>(query: string, variables: object = {}): Promise<GraphqlAnswer<T>> {
    const { statusCode, text } = await this.#post(JSON.stringify({ query, variables }))
    const answer = parse<T>(text)
    if (answer === null) throw new UserError(`${this.url} answered ${statusCode}: ${text.slice(0, 200)}`)
    return answer
  }

  async #post(content: string): Promise<{ readonly statusCode: number; readonly text: string }> {
    try {
      const { statusCode, body } = await this.#pool.request({
        method: "POST",
        path: this.#path,
        headers: { "content-type": "application/json", accept: "application/json" },
        body: content,
      })
      return { statusCode, text: await body.text() }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new UserError(`${this.url} does not answer: ${reason}`, { cause: error })
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy()
  }
}

function parse<T>(text: string): GraphqlAnswer<T> | null {
  try {
    const value: unknown = JSON.parse(text)
    const whole = typeof value === "object" && value !== null && ("data" in value || "errors" in value)
    return whole ? (value as GraphqlAnswer<T>) : null
  } catch {
    return null
  }
}
