/** What was opened one after the other, to be closed in reverse. */
export class Closers {
  readonly #closers: (() => Promise<unknown>)[] = []

  /** Does the work, then closes what it has opened. If the work fails, its own error is the one thrown. */
  static async closing<T>(work: (closers: Closers) => Promise<T>): Promise<T> {
    const closers = new Closers()
    try {
      return await work(closers)
    } catch (error) {
      await closers.close().catch(() => {})
      throw error
    } finally {
      await closers.close()
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
