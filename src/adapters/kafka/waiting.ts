import { within as settledWithin } from "../../lib/deadline.js"

/** Settles as the promise does, or rejects when that takes longer. What is awaited goes on: the caller ends it. */
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

/** Resolves after the delay, or at once when the signal is aborted. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, delayMs)
    signal.addEventListener("abort", done)
  })
}

/** Calls at the abort, or now when that was before. */
export function onAbort(signal: AbortSignal, call: () => void): void {
  if (signal.aborted) call()
  else signal.addEventListener("abort", call, { once: true })
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => onAbort(signal, resolve))
}
