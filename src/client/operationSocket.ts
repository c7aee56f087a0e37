import type { Client } from "graphql-ws"
import { UserError } from "../lib/userError.js"
import { type GraphqlAnswer, REQUEST_MS } from "./graphqlClient.js"
import { errorOf, oneSocketClient } from "./oneSocketClient.js"
import type { PatientSocket } from "./patientSocket.js"

/** One WebSocket to one server, for queries and mutations. It opens at once; when it is lost, all of them fail. */
export class OperationSocket {
  readonly #url: string
  readonly #client: Client
  readonly #running = new Set<(problem: UserError) => void>()
  #socket: PatientSocket | null = null
  #problem: Error | null = null
  #isOver = false

  constructor(url: string) {
    this.#url = url
    this.#client = oneSocketClient(url, {
      lazy: false,
      opening: socket => {
        this.#socket = socket
      },
      failed: error => {
        this.#problem ??= error
      },
      closed: ({ text }) => this.#lose(text),
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** How many operations are not answered. */
  get running(): number {
    return this.#running.size
  }

  /** Throws UserError if no answer came; `cause` is what broke the socket, if anything did. */
  ask<T>(query: string, variables: object): Promise<GraphqlAnswer<T>> {
    return new Promise((resolve, reject) => {
      let answer: GraphqlAnswer<T> | null = null
      const over = () => {
        clearTimeout(bound)
        this.#running.delete(fail)
      }
      const fail = (problem: UserError) => {
        over()
        reject(problem)
      }
      // The server may still be at work on it, and its number of operations a socket is limited.
      const bound = setTimeout(() => this.#lose(`no answer within ${REQUEST_MS / 1000} s`), REQUEST_MS)
      this.#running.add(fail)
      this.#client.subscribe<T>(
        { query, variables: { ...variables } },
        {
          next: ({ data, errors }) => {
            answer = { ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors }) }
          },
          error: problem => {
            if (!Array.isArray(problem)) return this.#failed(problem)
            over()
            resolve({ errors: problem })
          },
          complete: () => {
            if (answer === null) return this.#lose("an operation ended without an answer")
            over()
            resolve(answer)
          },
        },
      )
    })
  }

  /** Fails whatever is not answered. Idempotent. */
  close(): void {
    this.#lose("closed by this side")
  }

  #failed(problem: unknown): void {
    this.#problem ??= isClosing(problem) ? null : errorOf(problem)
    this.#lose("the socket was lost")
  }

  #lose(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    const cause = this.#problem
    const why = `${this.#url} does not answer: ${cause?.message ?? reason}`
    for (const fail of [...this.#running]) fail(new UserError(why, cause === null ? {} : { cause }))
    // It rejects if there was no socket yet.
    void Promise.resolve(this.#client.dispose()).catch(() => {})
    this.#socket?.terminate()
  }
}

/** An event of a socket that was closed. */
function isClosing(problem: unknown): boolean {
  return typeof problem === "object" && problem !== null && "code" in problem && "reason" in problem
}
