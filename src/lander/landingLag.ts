import type { Clock } from "../lib/clock.js"

/** Added to twice the bound: only then does a standby take over, and the lake is read only periodically. */
const MARGIN_MS = 10_000

const MS_PER_SECOND = 1000

/** What the process knows about the log. */
export interface KnownLog {
  readonly head: number
  /** The append time of the oldest known record from an offset on; null when there is none, or it is unknown. */
  appendedAt(offset: number): number | null
}

export interface LandingLagOptions {
  /** The offset up to which the log has landed, as far as this process knows (exclusive); null until the lake was read. */
  readonly landed: () => number | null
  readonly log: KnownLog
  readonly clock: Clock
  /** Everything acknowledged is to be in the lake within this, in milliseconds. */
  readonly landWithinMs: number
}

/** How far the lake is behind the log, whoever lands it, and whether that is too far. */
export class LandingLag {
  readonly #options: LandingLagOptions

  constructor(options: LandingLagOptions) {
    this.#options = options
  }

  /** Null until the lake was read. */
  get landed(): number | null {
    return this.#options.landed()
  }

  /** Records that are not in the lake; all, until the lake was read. */
  get records(): number {
    return Math.max(0, this.#options.log.head - (this.landed ?? 0))
  }

  /** How old the oldest of them is; a lower bound when the process no longer knows that record. */
  get seconds(): number {
    const { log, clock } = this.#options
    if (this.records === 0) return 0
    const at = log.appendedAt(this.landed ?? 0)
    return at === null ? 0 : Math.max(0, clock.now() - at) / MS_PER_SECOND
  }

  /** The problem when landing is late, for whatever reason; null when it is not, or until the lake was read. */
  get problem(): string | null {
    const { landWithinMs, log } = this.#options
    const most = (2 * landWithinMs + MARGIN_MS) / MS_PER_SECOND
    const { landed, seconds } = this
    if (landed === null || seconds <= most) return null
    const late = `the oldest record that is not in the lake is ${Math.round(seconds)} s old`
    return `${late}, expected at most ${most} s (LAND_WITHIN); landed to offset ${landed} of ${log.head}`
  }
}
