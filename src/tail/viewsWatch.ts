import type { Clock } from "../ports/clock.js"
import { Fault, isFault } from "../ports/faults.js"
import type { ViewStore } from "../ports/viewStore.js"
import type { Views } from "./views.js"

/** How often the store is looked at. */
const WATCH_MS = 1000

/** Above this share of the store's memory no new work is taken (R32): the projector must still be able to write. */
export const USED_SHARE_MAX = 0.9

/** Looks at the view store each second: whether it is reachable, how full it is, and how far the views are. */
export class ViewsWatch {
  readonly #store: ViewStore
  readonly #views: Views
  readonly #clock: Clock
  #usedShare = 0
  #problem: Fault | null = null
  #cancel: () => void = () => {}
  #stopped = false

  constructor(store: ViewStore, views: Views, clock: Clock) {
    this.#store = store
    this.#views = views
    this.#clock = clock
  }

  /** 0 to 1, as of the last look. */
  get usedShare(): number {
    return this.#usedShare
  }

  /** What was wrong with the views at the last look, or null. */
  get problem(): Fault | null {
    return this.#problem
  }

  /** Why no new command is taken, or null. */
  refuseWork(): Fault | null {
    if (this.#usedShare <= USED_SHARE_MAX) return null
    const used = `${Math.round(this.#usedShare * 100)} %`
    return new Fault(
      "OVERLOADED",
      `the view store is full: ${used} of its memory is used; an operator must give it more`,
    )
  }

  start(): void {
    void this.#look()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  async #look(): Promise<void> {
    try {
      this.#usedShare = await this.#store.usedShare()
      await this.#views.refresh()
      this.#problem = null
    } catch (error) {
      this.#problem = isFault(error) ? error : new Fault("VIEWS_UNAVAILABLE", String(error), { cause: error })
    }
    if (!this.#stopped) this.#cancel = this.#clock.after(WATCH_MS, () => void this.#look())
  }
}
