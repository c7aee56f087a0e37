import { writeSync } from "node:fs"
import { Worker } from "node:worker_threads"
import type { Logger } from "../ports/logger.js"
import { EXIT } from "./output.js"

/** SIGHUP is sent when the terminal is closed. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const

/**
 * How long a process may take to shut down in all: commands get their answers, what was acknowledged lands,
 * stores are closed. It is below the 30 s that Kubernetes waits, and above what the parts allow themselves.
 */
export const END_WITHIN_MS = 25_000

/** Ends a process whose event loop is blocked, so that no timer fires. */
const BACKSTOP = `
  const { workerData } = require("node:worker_threads")
  setTimeout(() => process.kill(process.pid, "SIGKILL"), workerData)
`
const BACKSTOP_AFTER_MS = END_WITHIN_MS + 1000

/**
 * Calls back at the first of the signals that end a process. From then on the process has END_WITHIN_MS,
 * unless it is unbounded. After that, or at a second signal, it ends at once, whatever hangs.
 */
export class EndSignals {
  readonly #isBounded: boolean
  #isEnding = false
  #bound: NodeJS.Timeout | null = null
  readonly #signalled: (signal: NodeJS.Signals) => void

  /** Unbounded: a client that may have much work left, such as a load run that verifies what was promised. */
  constructor(first: (signal: NodeJS.Signals) => void, { isBounded = true } = {}) {
    this.#isBounded = isBounded
    this.#signalled = signal => {
      if (this.#isEnding) endNow(`ended by a second signal, ${signal}`)
      this.begin()
      first(signal)
    }
    for (const signal of SIGNALS) process.on(signal, this.#signalled)
  }

  /** Starts the shutdown as a signal would, for a process that ends by itself. */
  begin(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    if (!this.#isBounded) return
    const late = () => endNow(`not finished after ${END_WITHIN_MS / 1000} s: something hangs`)
    this.#bound = setTimeout(late, END_WITHIN_MS)
    const backstop = new Worker(BACKSTOP, { eval: true, workerData: BACKSTOP_AFTER_MS })
    // If no thread can be started, the timer alone has to do.
    backstop.on("error", () => {})
    backstop.unref()
  }

  /** Restores the signals' default effect once all is done. What keeps the process alive stays bounded. */
  forget(): void {
    for (const signal of SIGNALS) process.off(signal, this.#signalled)
    this.#bound?.unref()
  }
}

/**
 * Writes the reason, then ends the process by SIGKILL, which every store survives. An exit would not do: in
 * the middle of a transaction LMDB would wait for itself.
 */
function endNow(why: string): never {
  try {
    writeSync(process.stderr.fd, `guildhall: ${why}\n`)
  } catch {
    // Standard error is closed.
  }
  process.kill(process.pid, "SIGKILL")
  throw new Error("SIGKILL did not end this process")
}

/** Waits for a reason to end: a signal or a failure. An uncaught error, a bug, ends the process at once. */
export class Ending {
  /** The exit code; resolves once there is a reason to end. */
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
      this.#logger.info({ signal }, "shutting down: finishing the work in progress")
      this.#endWith(EXIT.ok)
    })
    process.on("uncaughtException", this.#crashed)
  }

  /** Aborted once there is a reason to end. */
  get signal(): AbortSignal {
    return this.#reason.signal
  }

  failed(why: string): void {
    this.#signals.begin()
    this.#logger.error({}, `shutting down: ${why}`)
    this.#endWith(EXIT.failed)
  }

  /** Restores the signals' default effect. */
  forget(): void {
    this.#signals.forget()
    process.off("uncaughtException", this.#crashed)
  }

  #endWith(code: number): void {
    this.#end(code)
    this.#reason.abort()
  }
}
