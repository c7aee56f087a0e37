/** What was opened one after the other, to be closed in reverse. */
export class Closers {
  readonly #closers: (() => Promise<unknown>)[] = []

  /** What `open` makes. If it fails, whatever it had opened is closed, and its error is thrown. */
  static async opening<T>(open: (closers: Closers) => Promise<T>): Promise<T> {
    const closers = new Closers()
    try {
      return await open(closers)
    } catch (error) {
      await closers.close().catch(() => {})
      throw error
    }
  }

  /** `close`: how to close what was just opened. */
  add(close: () => Promise<unknown>): void {
    this.#closers.push(close)
  }

  /** Closes all, also after one fails to close; throws the first failure. Idempotent. */
  async close(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers.splice(0).reverse()) {
      await close().catch((failure: unknown) => failures.push(failure))
    }
    if (failures.length > 0) throw failures[0]
  }
}
