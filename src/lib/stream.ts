/** What a subscriber pulls from. `return` ends it at once, even while a `next` is pending. */
export interface Stream<T> extends AsyncIterableIterator<T, undefined> {
  next(): Promise<IteratorResult<T, undefined>>
  return(): Promise<IteratorResult<T, undefined>>
}

/**
 * A stream from a generator. A generator's own `return` queues behind a pending `next`. So here `return` first aborts the
 * signal, at which the generator must wake up and end.
 */
export function stream<T>(generate: (signal: AbortSignal) => AsyncGenerator<T, void>): Stream<T> {
  const abort = new AbortController()
  const items = generate(abort.signal)
  return {
    next: async () => ended(await items.next()),
    return: async () => {
      abort.abort()
      await items.return()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** A stream that maps each item, and the error that ends it. */
export function mapStream<T, U>(
  items: Stream<T>,
  map: (item: T) => U | Promise<U>,
  mapError = (error: unknown): unknown => error,
): Stream<U> {
  const next = async (): Promise<IteratorResult<U, undefined>> => {
    const result = await items.next().catch((error: unknown) => Promise.reject(mapError(error)))
    if (result.done) return result
    try {
      return { done: false, value: await map(result.value) }
    } catch (error) {
      // A `for await` loop calls no `return` on an iterator whose `next` has thrown.
      await items.return()
      throw error
    }
  }
  return {
    next,
    return: async () => {
      await items.return()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function ended<T>(result: IteratorResult<T, void>): IteratorResult<T, undefined> {
  return result.done ? { done: true, value: undefined } : result
}
