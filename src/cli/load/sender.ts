import { setTimeout as sleep } from "node:timers/promises"
import type { GraphqlClient } from "../graphqlClient.js"
import { type MutationName, mutations, type Payload } from "./mutations.js"

/** A command is tried again with the same key for so long. */
const GIVE_UP_MS = 120_000
const RETRY_FIRST_MS = 20
const RETRY_MAX_MS = 1000

/** What the tries of all commands came to. */
export interface Tries {
  retries: number
  /** Faults by code; `NO_ANSWER` for a connection that broke or was refused. */
  readonly faults: Map<string, number>
}

export interface Sent {
  readonly payload: Payload
  readonly tries: number
}

/** Sends mutations until the answer is definite: retries go with the same key, through the next server. */
export class MutationSender {
  readonly tries: Tries = { retries: 0, faults: new Map() }
  readonly #clients: readonly GraphqlClient[]
  #next = 0

  constructor(clients: readonly GraphqlClient[]) {
    this.#clients = clients
  }

  /** Throws when it stays without a definite answer, or when the server faults for good. */
  async send(name: MutationName, input: object, idempotencyKey: string): Promise<Sent> {
    const until = Date.now() + GIVE_UP_MS
    let wait = RETRY_FIRST_MS
    for (let tries = 1; ; tries++) {
      const problem = await this.#try(name, { ...input, idempotencyKey })
      if (!("code" in problem)) return { payload: problem, tries }
      const { faults } = this.tries
      faults.set(problem.code, (faults.get(problem.code) ?? 0) + 1)
      if (!problem.retryable || Date.now() > until)
        throw new Error(`${name}: ${problem.code}: ${problem.message}`)
      this.tries.retries += 1
      await sleep(wait)
      wait = Math.min(RETRY_MAX_MS, wait * 2)
    }
  }

  async #try(
    name: MutationName,
    input: object,
  ): Promise<Payload | { code: string; retryable: boolean; message: string }> {
    const client = this.#clients[this.#next % this.#clients.length]
    this.#next += 1
    if (client === undefined) throw new Error("no server to send to")
    try {
      const { data, errors } = await client.ask<{ answer: Payload | null }>(mutations[name], { input })
      if (data?.answer) return data.answer
      const [error] = errors ?? []
      const { code = "NO_CODE", retryable = false } = error?.extensions ?? {}
      return { code, retryable, message: error?.message ?? "no answer and no error" }
    } catch (error) {
      return { code: "NO_ANSWER", retryable: true, message: String(error) }
    }
  }
}
