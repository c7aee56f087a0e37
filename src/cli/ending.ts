import { writeSync } from "node:fs"
import { Worker } from "node:worker_threads"
import type { Logger } from "../ports/logger.js"
import { EXIT } from "./output.js"

/** SIGHUP comes when the terminal is closed. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const

/**
 * How long a process that was told to end may take, all in all: commands get their answers, what was acknowledged lands,
 * stores are closed. It is below the 30 s that Kubernetes waits, and above what the parts allow themselves.
 */
export const END_WITHIN_MS = 25_000

/** What ends a process whose event loop stands still, so that the timer cannot. */
const BACKSTOP = `
  const { workerData } = require("node:worker_threads")
  setTimeout(() => process.kill(process.pid, "SIGKILL"), workerData)
`
const BACKSTOP_AFTER_MS = END_WITHIN_MS + 1000

/**
 * Calls back at the first of the signals that end a process. From then on it has END_WITHIN_MS, unless it is unbounded:
 * after that, or at a second signal, it ends at once, whatever hangs.
 */
export class EndSignals {
  readonly #isBounded: boolean
  #isEnding = false
  #bound: NodeJS.Timeout | null = null
  readonly #signalled: (signal: NodeJS.Signals) => void

  /** Unbounded is a client that has work left of any length, such as a load that verifies its promises. */
  constructor(first: (signal: NodeJS.Signals) => void, { isBounded = true } = {}) {
    this.#isBounded = isBounded
    this.#signalled = signal => {
      if (this.#isEnding) endNow(`ended by a second signal, ${signal}`)
      this.begin()
      first(signal)
    }
    for (const signal of SIGNALS) process.on(signal, this.#signalled)
  }

  /** As if a signal had come, for a process that ends by itself. */
  begin(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    if (!this.#isBounded) return
    const late = () => endNow(`not done ${END_WITHIN_MS / 1000} s after it was told to end: something hangs`)
    this.#bound = setTimeout(late, END_WITHIN_MS)
    const backstop = new Worker(BACKSTOP, { eval: true, workerData: BACKSTOP_AFTER_MS })
    // Where no thread can be started, the timer alone has to do.
    backstop.on("error", () => {})
    backstop.unref()
  }

  /** Leaves the signals to the system again: all is done. What still keeps the process alive is bounded as before. */
  forget(): void {
    for (const signal of SIGNALS) process.off(signal, this.#signalled)
    this.#bound?.unref()
  }
}

/**
 * Ends the process by SIGKILL, which every store survives. An exit would not do: LMDB, in the middle of a transaction,
 * waits for itself. What is said is written first.
 */
function endNow(why: string): never {
  try {
    writeSync(process.stderr.fd, `guildhall: ${why}\n`)
  } catch {
    // Nobody reads it.
  }
  process.kill(process.pid, "SIGKILL")
  throw new Error("SIGKILL did not end this process")
}

/** Waits for the reason to end: a signal, or a failure. A bug that nobody handles ends the process at once. */
export class Ending {
  /** Resolves once there is one. */
  readonly code: Promise<number>
  readonly #reason = new AbortController()
  #end: (code: number) => void = () => {}
  readonly #logger: Logger
  readonly #signals: EndSignals
  readonly #crashed = (error: unknown) => endNow(error instanceof Error ? `${error.stack}` : String(error))

  constructor(logger: Logger) {
    this.#logger = logger
    this.code = new Promise(resolve => {
      this.#end = resolve
    })
    this.#signals = new EndSignals(signal => {
      this.#logger.info({ signal }, "ending: finishing what is on its way")
      this.#endWith(EXIT.ok)
    })
    process.on("uncaughtException", this.#crashed)
  }

  /** Aborted once there is one. */
  get signal(): AbortSignal {
    return this.#reason.signal
  }

  failed(why: string): void {
    this.#signals.begin()
    this.#logger.error({}, `ending: ${why}`)
    this.#endWith(EXIT.failed)
  }

  /** Leaves the signals to the system again. */
  forget(): void {
    this.#signals.forget()
    process.off("uncaughtException", this.#crashed)
  }

  #endWith(code: number): void {
    this.#end(code)
    this.#reason.abort()
  }
}
