/** After a stop, commands in flight are retried no longer than this. */
const FINISH_MS = 10_000

/** Whether a run is to stop, and by when it must be over. */
export class Stop {
  #finishBy = Number.POSITIVE_INFINITY
  readonly #listeners = new Set<() => void>()

  get stopped(): boolean {
    return Number.isFinite(this.#finishBy)
  }

  /** The earlier of `until` and the end that a stop has set, in milliseconds since 1970. */
  bound(until: number): number {
    return Math.min(until, this.#finishBy)
  }

  /** Calls back at the stop, at once if that was before. Returns how to end that. */
  onStop(call: () => void): () => void {
    if (this.stopped) call()
    this.#listeners.add(call)
    return () => this.#listeners.delete(call)
  }

  stop(): void {
    if (this.stopped) return
    this.#finishBy = Date.now() + FINISH_MS
    for (const call of this.#listeners) call()
  }
}
