/** The call, made once: later calls get the promise of the first. */
export function once<T>(call: () => Promise<T>): () => Promise<T> {
  let called: Promise<T> | null = null
  return () => {
    called ??= call()
    return called
  }
}
