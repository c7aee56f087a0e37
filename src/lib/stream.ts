/** What a subscriber pulls from. `return` ends it at once, also while a `next` is waiting. */
export interface Stream<T> extends AsyncIterableIterator<T, undefined> {
  next(): Promise<IteratorResult<T, undefined>>
  return(): Promise<IteratorResult<T, undefined>>
}

/**
 * A stream from a generator. A generator's own `return` waits behind a `next` that waits for something: here it aborts
 * the signal first, by which the generator must wake and end.
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

/** The stream of what comes of each item, and of the error that ends it. */
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
      // A loop over this does not end what failed.
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
