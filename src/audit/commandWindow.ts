import { keyBucket } from "../projections/keyRetention.js"

/** Where a command happened. */
export interface CommandPlace {
  readonly offset: number
  /** In milliseconds. */
  readonly keyTime: number
}

/**
 * The commands of the last key retention, by id. They lie in buckets of half the retention, as in the views, which keeps
 * each map far from a Map's limit of 16.7 million entries: 9,000 commands a second for half an hour.
 */
export class CommandWindow {
  readonly #keyRetention: number
  readonly #buckets = new Map<number, Map<string, CommandPlace>>()

  constructor(keyRetention: number) {
    this.#keyRetention = keyRetention
  }

  /** Notes a command; returns where it happened before within the retention, or null. Key time never steps back. */
  note(id: string, place: CommandPlace): CommandPlace | null {
    const before = this.#find(id)
    this.#bucket(place.keyTime).set(id, place)
    const within = before !== undefined && place.keyTime - before.keyTime <= this.#keyRetention
    return within ? before : null
  }

  #find(id: string): CommandPlace | undefined {
    let last: CommandPlace | undefined
    for (const places of this.#buckets.values()) last = places.get(id) ?? last
    return last
  }

  #bucket(keyTime: number): Map<string, CommandPlace> {
    const index = keyBucket(keyTime, this.#keyRetention)
    const known = this.#buckets.get(index)
    if (known !== undefined) return known
    const made = new Map<string, CommandPlace>()
    this.#buckets.set(index, made)
    // The retention spans the current bucket and the two before it.
    for (const old of this.#buckets.keys()) if (old < index - 2) this.#buckets.delete(old)
    return made
  }
}
