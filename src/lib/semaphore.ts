import { Fault } from "../ports/faults.js"

/** A bounded number of permits, and a bounded line of those who wait for one. */
export class Permits {
  readonly #waitingMax: number
  readonly #purpose: string
  readonly #line = new Set<() => void>()
  #free: number

  /** The purpose, for messages: «subscriptions already wait to read the log». */
  constructor(permits: number, waitingMax: number, purpose: string) {
    this.#free = permits
    this.#waitingMax = waitingMax
    this.#purpose = purpose
  }

  /**
   * Waits in line for a permit. The answer gives it back; repeatable. Null when the signal came first.
   * Throws OVERLOADED when the line is full.
   */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null
    if (this.#free > 0) {
      this.#free -= 1
      return this.#release()
    }
    if (this.#line.size >= this.#waitingMax) {
      throw new Fault("OVERLOADED", `${this.#line.size} ${this.#purpose}`)
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
