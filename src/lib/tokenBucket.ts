/** A token bucket: bounds the average rate per second, and the size of a burst. */
export class TokenBucket {
  readonly #perMs: number
  readonly #atOnce: number
  #tokens: number
  #at = performance.now()

  constructor(perSecond: number, atOnce: number) {
    this.#perMs = perSecond / 1000
    this.#atOnce = atOnce
    this.#tokens = atOnce
  }

  /** Takes one token; false when there is none. */
  take(): boolean {
    const now = performance.now()
    this.#tokens = Math.min(this.#atOnce, this.#tokens + (now - this.#at) * this.#perMs)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
