import { Fault } from "../ports/faults.js"
import { USED_SHARE_MAX, type ViewStore } from "../ports/viewStore.js"
import type { StateReader } from "./stateReader.js"

/** In seconds. A standby takes over once the views have stood still for 5 s (R31). */
const LAG_MAX = 15

/** Checks the view store: whether it is reachable, how full it is, and how far the views are. */
export class ViewStoreHealth {
  readonly #store: ViewStore
  readonly #views: StateReader
  #usedShare = 0

  constructor(store: ViewStore, views: StateReader) {
    this.#store = store
    this.#views = views
  }

  /** 0 to 1, as of the last look. */
  get usedShare(): number {
    return this.#usedShare
  }

  /** Why no new command is accepted, or null. */
  refuseWork(): Fault | null {
    if (this.#usedShare <= USED_SHARE_MAX) return null
    const used = `${Math.round(this.#usedShare * 100)} %`
    return new Fault(
      "OVERLOADED",
      `the view store is full: ${used} of its memory is used; an operator must give it more`,
    )
  }

  /**
   * The problem when the views stand still or follow too slowly, whichever process should write them; null when they do
   * not, or have not been seen yet.
   */
  get late(): string | null {
    const { checkpoint, lagSeconds } = this.#views
    if (checkpoint === null || lagSeconds <= LAG_MAX) return null
    const late = `the oldest record not yet projected is ${Math.round(lagSeconds)} s old`
    return `${late}, expected at most ${LAG_MAX} s; projected to offset ${checkpoint.offset}: is a projector running?`
  }

  /** Checks once. Throws what reading the views throws. */
  async look(): Promise<void> {
    this.#usedShare = await this.#store.usedShare()
    await this.#views.refresh()
  }
}
