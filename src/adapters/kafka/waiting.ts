import { within as settledWithin } from "../../lib/deadline.js"

/** Settles like the promise, or rejects once the limit is over. The awaited work goes on: the caller must end it. */
export function within<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  return settledWithin(promise, limitMs, () => new TimeLimitError(what, limitMs))
}

class TimeLimitError extends Error {
  override readonly name = "TimeLimitError"
  readonly code = "TIME_LIMIT"

  constructor(what: string, limitMs: number) {
    super(`${what}: no answer within ${Math.ceil(limitMs)} ms`)
  }
}

/** Calls at the abort, or now if the signal is already aborted. */
export function onAbort(signal: AbortSignal, call: () => void): void {
  if (signal.aborted) call()
  else signal.addEventListener("abort", call, { once: true })
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => onAbort(signal, resolve))
}
