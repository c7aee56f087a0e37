interface Entry<T> {
  readonly value: T
  readonly weight: number
}

/** Keeps the values used last, up to a bound on the sum of their weights. */
export class Lru<T> {
  readonly #weightMax: number
  readonly #entries = new Map<string, Entry<T>>()
  #weight = 0

  constructor(weightMax: number) {
    this.#weightMax = weightMax
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    // A map keeps the order of insertion: the last used is the last.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** Adds a value under a key that is not there. Answers what had to go for it. */
  add(key: string, value: T, weight: number): readonly T[] {
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    const dropped: T[] = []
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#weightMax) break
      this.#entries.delete(oldest)
      this.#weight -= entry.weight
      dropped.push(entry.value)
    }
    return dropped
  }
}
