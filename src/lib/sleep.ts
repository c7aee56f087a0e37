import type { Clock } from "./clock.js"

const NEVER = new AbortController().signal

/** Resolves after a delay in milliseconds, or at once when the signal is aborted. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal = NEVER): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      cancel()
      signal.removeEventListener("abort", end)
      resolve()
    }
    const cancel = clock.after(signal.aborted ? 0 : delayMs, end)
    signal.addEventListener("abort", end, { once: true })
  })
}
