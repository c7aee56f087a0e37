/** Once told to stop, what is on its way is tried no longer than this. */
const FINISH_MS = 10_000

/** Whether a run was told to stop. */
export class Stop {
  #finishBy = Number.POSITIVE_INFINITY

  get stopped(): boolean {
    return Number.isFinite(this.#finishBy)
  }

  /** Until when, in milliseconds since 1970, a command that may be tried until `until` is really tried. */
  bound(until: number): number {
    return Math.min(until, this.#finishBy)
  }

  stop(): void {
    this.#finishBy = Math.min(this.#finishBy, Date.now() + FINISH_MS)
  }
}
