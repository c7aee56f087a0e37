import type { Clock } from "./clock.js"

/** The promise's answer, or the error once the deadline (milliseconds since 1970) has come. */
export function within<T>(
  clock: Clock,
  deadline: number,
  promise: Promise<T>,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(Math.max(0, deadline - clock.now()), () => reject(late()))
    promise.then(resolve, reject).finally(cancel)
  })
}

/** Resolves after a delay. */
export function delay(clock: Clock, delayMs: number): Promise<void> {
  return new Promise(resolve => {
    clock.after(delayMs, resolve)
  })
}
