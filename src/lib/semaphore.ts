/** A bounded number of permits, and a bounded line of callers that wait for one. */
export class Semaphore {
  readonly #waitingMax: number
  readonly #full: (waiting: number) => Error
  readonly #line = new Set<() => void>()
  #free: number

  /** `full` makes the error of a caller that finds the line full, from how many wait. */
  constructor(permits: number, waitingMax: number, full: (waiting: number) => Error) {
    this.#free = permits
    this.#waitingMax = waitingMax
    this.#full = full
  }

  /**
   * Waits in line for a permit. The answer gives it back, and is idempotent. Null when the signal came first.
   * Throws the error of `full`.
   */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null
    if (this.#free > 0) {
      this.#free -= 1
      return this.#release()
    }
    if (this.#line.size >= this.#waitingMax) {
      throw this.#full(this.#line.size)
    }
    return (await this.#turn(signal)) ? this.#release() : null
  }

  #turn(signal: AbortSignal): Promise<boolean> {
    return new Promise(resolve => {
      const granted = () => {
        signal.removeEventListener("abort", givenUp)
        resolve(true)
      }
      const givenUp = () => {
        this.#line.delete(granted)
        resolve(false)
      }
      this.#line.add(granted)
      signal.addEventListener("abort", givenUp, { once: true })
    })
  }

  #release(): () => void {
    let held = true
    return () => {
      if (!held) return
      held = false
      const [next] = this.#line
      if (next === undefined) {
        this.#free += 1
      } else {
        this.#line.delete(next)
        next()
      }
    }
  }
}
