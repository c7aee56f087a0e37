import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Closers } from "../../comparison/closers.js"
import { endForked, TYPESCRIPT } from "../../comparison/forked.js"
import type { Received } from "./protocol.js"

const PROGRAM = fileURLToPath(new URL("./audienceProgram.ts", import.meta.url))

/** Processes that hold the sockets, so that they share an event loop neither with the server nor with the buyers. */
const PROCESSES = 2

/** All subscribers of one server, each with a socket of its own. */
export class Audience {
  readonly subscribers: number
  readonly groups: number
  readonly #children: readonly ChildProcess[]

  private constructor(children: readonly ChildProcess[], subscribers: number, groups: number) {
    this.#children = children
    this.subscribers = subscribers
    this.groups = groups
  }

  /** Subscriber n is in group n modulo `groups`. Resolves once all have subscribed. */
  static async begin(url: string, subscribers: number, groups: number, closers: Closers): Promise<Audience> {
    const each = Math.ceil(subscribers / PROCESSES)
    const starting = Array.from({ length: PROCESSES }, async (_, p) => {
      const range = [p * each, Math.min(subscribers, (p + 1) * each)]
      const args = [url.replace(/^http/, "ws"), groups, ...range].map(String)
      const child = fork(PROGRAM, args, { execArgv: ["--import", TYPESCRIPT] })
      closers.add(() => endForked(child))
      await answer(child)
      return child
    })
    return new Audience(await Promise.all(starting), subscribers, groups)
  }

  /** What has come since it was last called. */
  take(): Promise<Received[]> {
    return Promise.all(
      this.#children.map(child => {
        const received = answer(child)
        child.send("take")
        return received
      }),
    )
  }
}

async function answer(child: ChildProcess): Promise<Received> {
  const stop = new AbortController()
  const { signal } = stop
  try {
    const ended = once(child, "exit", { signal }).then(([code]) => {
      throw new Error(`the subscribers' process ended with ${code}`)
    })
    const [message] = await Promise.race([once(child, "message", { signal }), ended])
    return message
  } finally {
    stop.abort()
  }
}
