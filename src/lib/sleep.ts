import type { Clock } from "./clock.js"

/** Resolves after a delay in milliseconds, or soon when the signal is aborted. */
export function sleep(clock: Pick<Clock, "after">, delayMs: number, signal?: AbortSignal): Promise<void> {
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

/** The same by the timers of Node.js, for adapters. */
export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return sleep({ after: nodeTimer }, delayMs, signal)
}

function nodeTimer(delayMs: number, call: () => void): () => void {
  const timer = setTimeout(call, delayMs)
  return () => clearTimeout(timer)
}

/** Resolves soon, once other work has had its turn. */
export function turn(clock: Clock): Promise<void> {
  return new Promise(resolve => clock.soon(resolve))
}
