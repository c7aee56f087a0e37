import type { Logger } from "../../ports/logger.js"
import { describe, isLoginRefused } from "./errors.js"

/** An outage that ends sooner, such as a coordinator that is still loading, is not worth a warning. */
const WARN_AFTER_MS = 2_000

/** Logs an outage and its end once each, however many errors occur; a refused login at once, as a case of its own. */
export class Outage {
  readonly #logger: Logger
  #sinceMs: number | null = null
  #logged: "outage" | "login" | null = null

  constructor(logger: Logger) {
    this.#logger = logger
  }

  failed(error: unknown, fields: object): void {
    this.#sinceMs ??= performance.now()
    const kind = isLoginRefused(error) ? "login" : "outage"
    const lasts = kind === "login" || performance.now() - this.#sinceMs >= WARN_AFTER_MS
    if (!lasts || this.#logged === kind) return
    this.#logged = kind
    this.#logger.warn(
      { ...fields, reason: describe(error) },
      "the log cannot be read; trying again until it can",
    )
  }

  recovered(fields: object): void {
    if (this.#logged !== null) this.#logger.info(fields, "the log can be read again")
    this.#logged = null
    this.#sinceMs = null
  }
}
