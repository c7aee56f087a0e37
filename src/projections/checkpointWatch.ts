import type { Clock } from "../lib/clock.js"
import { isFault } from "../ports/faults.js"
import type { Checkpoint, ViewStore, ViewsOf } from "../ports/viewStore.js"
import { isSameCheckpoint } from "./checkpointText.js"

/** How often the store's checkpoint is read. */
const LOOK_EVERY_MS = 1000

/**
 * Watches whether the store is still where its projector has left it. A swap would show that, but while the log is idle
 * there is none; and if the views are gone no command is decided, so the log would stay idle for ever.
 */
export class CheckpointWatch {
  readonly #store: ViewStore
  readonly #clock: Clock
  readonly #moved = new AbortController()
  #of: ViewsOf
  #checkpoint: Checkpoint | null
  #swapping = false
  #cancel: () => void = () => {}
  #closed = false

  constructor(store: ViewStore, clock: Clock, of: ViewsOf, checkpoint: Checkpoint | null) {
    this.#store = store
    this.#clock = clock
    this.#of = of
    this.#checkpoint = checkpoint
    this.#lookLater()
  }

  /** Aborted once the store has moved: emptied, rolled back, or advanced by another projector. */
  get moved(): AbortSignal {
    return this.#moved.signal
  }

  /** The store may be at either checkpoint until `swapped`. */
  swapping(): void {
    this.#swapping = true
  }

  swapped(of: ViewsOf, to: Checkpoint): void {
    this.#swapping = false
    this.#of = of
    this.#checkpoint = to
  }

  close(): void {
    this.#closed = true
    this.#cancel()
  }

  #lookLater(): void {
    this.#cancel = this.#clock.after(LOOK_EVERY_MS, () => void this.#look())
  }

  async #look(): Promise<void> {
    if (!this.#swapping) await this.#compare(this.#checkpoint)
    if (!this.#closed && !this.moved.aborted) this.#lookLater()
  }

  async #compare(ours: Checkpoint | null): Promise<void> {
    try {
      const { checkpoint } = await this.#store.read(this.#of, { documents: [], keys: [] })
      // A swap was won or tried in the meantime: the answer may be from before or after it.
      if (this.#swapping || this.#checkpoint !== ours) return
      if (!isSameCheckpoint(checkpoint, ours)) this.#moved.abort()
    } catch (error) {
      // Unreachable: the next read or swap will show.
      if (!isFault(error)) throw error
    }
  }
}
