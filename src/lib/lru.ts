interface Entry<T> {
  readonly value: T
  readonly weight: number
}

/** Keeps the most recently used values, up to a bound on the sum of their weights. */
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
    // A map keeps insertion order: the most recently used entry comes last.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** Adds a value under a key that is not present. Returns the values dropped to make room. */
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
