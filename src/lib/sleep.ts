import type { Clock } from "./clock.js"

/** Resolves after a delay in milliseconds, or soon when the signal is aborted. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      cancel()
      signal?.removeEventListener("abort", end)
      resolve()
    }
    const cancel = clock.after(signal?.aborted ? 0 : delayMs, end)
    signal?.addEventListener("abort", end, { once: true })
  })
}
