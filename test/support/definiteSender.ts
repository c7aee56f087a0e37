import { setTimeout as lasting } from "node:timers/promises"
import { request } from "undici"

/** How long a command is retried until its answer is definite, and the pause between tries. */
const DEFINITE_WITHIN_MS = 60_000
const AGAIN_MS = 50

/** After this much silence a connection is given up, and the command is sent again with the same key. */
const ANSWER_WITHIN_MS = 10_000

/** What every mutation's payload says. */
export interface Definite {
  readonly refusal: { readonly code: string } | null
  readonly position: string
}

export interface DefiniteSenderOptions {
  /** Each try goes to one of these. */
  readonly urls: () => readonly string[]
  /** Begins the keys. */
  readonly name: string
  readonly random: () => number
}

/** Sends mutations to servers that may be killed, each with one key until its answer is definite. */
export class DefiniteSender {
  /** How many tries had no definite answer. */
  doubts = 0
  readonly #options: DefiniteSenderOptions
  #keys = 0

  constructor(options: DefiniteSenderOptions) {
    this.#options = options
  }

  /** `selection` is what the payload says in addition to its refusal and position. */
  async mutate<T>(name: string, input: object, selection = ""): Promise<Definite & T> {
    this.#keys += 1
    const idempotencyKey = `${this.#options.name}-${this.#keys}`
    const body = JSON.stringify({
      query: queryOf(name, selection),
      variables: { input: { ...input, idempotencyKey } },
    })
    const until = Date.now() + DEFINITE_WITHIN_MS
    let last = ""
    while (Date.now() < until) {
      const answer = await this.#ask<Definite & T>(body)
      if (typeof answer !== "string") return answer
      last = answer
      this.doubts += 1
      await lasting(AGAIN_MS)
    }
    throw new Error(`${name}: no definite answer: ${last}`)
  }

  /** Answers why there is no payload, where another try may bring one. */
  async #ask<T>(body: string): Promise<T | string> {
    const headers = { "content-type": "application/json" }
    let text: string
    try {
      const within = { headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS }
      const answer = await request(this.#anyUrl(), { method: "POST", headers, body, ...within })
      text = await answer.body.text()
    } catch (error) {
      return String(error)
    }
    const { data, errors } = JSON.parse(text) as Answer<T>
    if (data?.answer) return data.answer
    const { code, retryable = false } = errors?.[0]?.extensions ?? {}
    // The expired request itself cannot be retried, but a new one with this key gives the true answer.
    if (retryable || code === "REQUEST_EXPIRED") return text
    throw new Error(`no answer, and no other try will bring one: ${text}`)
  }

  #anyUrl(): string {
    const urls = this.#options.urls()
    const url = urls[Math.floor(this.#options.random() * urls.length)]
    if (url === undefined) throw new Error("no server to ask")
    return url
  }
}

interface Answer<T> {
  readonly data?: { readonly answer: T | null } | null
  readonly errors?: readonly {
    readonly extensions: { readonly code: string; readonly retryable?: boolean }
  }[]
}

function queryOf(name: string, selection: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  return `mutation ($input: ${type}!) { answer: ${name}(input: $input) { refusal { code } position ${selection} } }`
}
