import type { Logger } from "../ports/logger.js"
import { EXIT } from "./output.js"

const SIGNALS = ["SIGTERM", "SIGINT"] as const

/** Waits for the reason to end: SIGTERM, SIGINT, or a failure; a second signal ends the process at once. */
export class Ending {
  /** Resolves once there is one. */
  readonly code: Promise<number>
  readonly #reason = new AbortController()
  #end: (code: number) => void = () => {}
  readonly #logger: Logger
  readonly #signalled = (signal: NodeJS.Signals) => {
    if (this.signal.aborted) process.exit(EXIT.failed)
    this.#logger.info({ signal }, "ending: finishing what is on its way")
    this.#endWith(EXIT.ok)
  }

  constructor(logger: Logger) {
    this.#logger = logger
    this.code = new Promise(resolve => {
      this.#end = resolve
    })
    for (const signal of SIGNALS) process.on(signal, this.#signalled)
  }

  /** Aborted once there is one. */
  get signal(): AbortSignal {
    return this.#reason.signal
  }

  failed(why: string): void {
    this.#logger.error({}, `ending: ${why}`)
    this.#endWith(EXIT.failed)
  }

  /** Leaves the signals to the system again. */
  forget(): void {
    for (const signal of SIGNALS) process.off(signal, this.#signalled)
  }

  #endWith(code: number): void {
    this.#end(code)
    this.#reason.abort()
  }
}
