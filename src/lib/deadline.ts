import type { Clock } from "./clock.js"

/** Settles like the promise, or rejects with the error once the limit is over; the promise itself goes on. */
export async function within<T>(promise: Promise<T>, limitMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** Like `within`, up to a deadline by the clock, in milliseconds since 1970. */
export function before<T>(
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
