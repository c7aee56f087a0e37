/** A bounded number of permits, and a bounded queue of callers that wait for one. */
export class Semaphore {
  readonly #waitingMax: number
  readonly #full: (waiting: number) => Error
  readonly #queue = new Set<() => void>()
  #free: number

  /** `full` makes the error for a caller that finds the queue full, from the number of waiting callers. */
  constructor(permits: number, waitingMax: number, full: (waiting: number) => Error) {
    this.#free = permits
    this.#waitingMax = waitingMax
    this.#full = full
  }

  /**
   * Waits in the queue for a permit. Returns an idempotent function that gives the permit back, or null when the signal
   * was aborted first. Throws the error of `full`.
   */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null
    if (this.#free > 0) {
      this.#free -= 1
      return this.#release()
    }
    if (this.#queue.size >= this.#waitingMax) {
      throw this.#full(this.#queue.size)
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
        this.#queue.delete(granted)
        resolve(false)
      }
      this.#queue.add(granted)
      signal.addEventListener("abort", givenUp, { once: true })
    })
  }

  #release(): () => void {
    let held = true
    return () => {
      if (!held) return
      held = false
      const [next] = this.#queue
      if (next === undefined) {
        this.#free += 1
      } else {
        this.#queue.delete(next)
        next()
      }
    }
  }
}
