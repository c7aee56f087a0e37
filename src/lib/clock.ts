/** Time and chance come in from outside, so that a simulation can drive the whole system from one seed. */
export interface Clock {
  /** Whole milliseconds since 1970. Never steps back while the process lives. */
  now(): number
  /** Calls once after a delay. Returns a function that cancels the call. */
  after(delayMs: number, call: () => void): () => void
  /** Calls once, soon after the current turn: callers of the same turn share one call. */
  soon(call: () => void): void
}

/** A number in [0, 1). */
export type Random = () => number
