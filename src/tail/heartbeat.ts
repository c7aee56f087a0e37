import type { Clock } from "../lib/clock.js"

/** Says when the next heartbeat of a subscriber is due. */
export class Heartbeat {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #due: () => void
  #isDue = false
  #cancel: () => void = () => {}

  constructor(clock: Clock, everyMs: number, due: () => void) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#due = due
  }

  get isDue(): boolean {
    return this.#isDue
  }

  start(): void {
    this.#isDue = false
    this.#cancel = this.#clock.after(this.#everyMs, () => {
      this.#isDue = true
      this.#due()
    })
  }

  stop(): void {
    this.#cancel()
  }
}
