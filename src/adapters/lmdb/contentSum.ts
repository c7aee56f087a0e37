import { crc32 } from "node:zlib"
import type { Database } from "lmdb"

/** Sums stay exact in a double. */
const MODULUS = 2 ** 52

/**
 * How many entries a generation has, and the sum of their checksums, stored with each swap: so an entry that damage lost
 * or changed is noticed when the folder is opened. Otherwise a missing document would be believed.
 */
export class ContentSum {
  #count: number
  #sum: number

  constructor(count = 0, sum = 0) {
    this.#count = count
    this.#sum = sum
  }

  /** Parses `text`; null when it is not a content sum. */
  static parse(text: string): ContentSum | null {
    const [, count, sum] = /^(\d+) (\d+)$/.exec(text) ?? []
    return count === undefined || sum === undefined ? null : new ContentSum(Number(count), Number(sum))
  }

  get text(): string {
    return `${this.#count} ${this.#sum}`
  }

  add(entry: number): void {
    this.#count += 1
    this.#sum = (this.#sum + entry) % MODULUS
  }

  remove(entry: number): void {
    this.#count -= 1
    this.#sum = (this.#sum - entry + MODULUS) % MODULUS
  }
}

/** The checksum of one entry; the value as text or as its UTF-8 bytes. */
export function checksum(key: string, value: string | Uint8Array): number {
  return crc32(value, crc32(key))
}

/** Writes inside a transaction, and updates the content sum. */
export class TalliedWriter {
  readonly #records: Database<string, string>
  readonly #contentSum: ContentSum

  constructor(records: Database<string, string>, contentSum: ContentSum) {
    this.#records = records
    this.#contentSum = contentSum
  }

  put(key: string, value: string): void {
    this.#forget(key)
    this.#contentSum.add(checksum(key, value))
    // Inside a transaction the write is done when `put` returns; an error aborts the transaction.
    void this.#records.put(key, value)
  }

  remove(key: string): void {
    if (this.#forget(key)) void this.#records.remove(key)
  }

  /** Like `put`, for a key whose old value is known (undefined: none), so that nothing has to be looked up. */
  replace(key: string, old: string | undefined, value: string): void {
    if (old !== undefined) this.#contentSum.remove(checksum(key, old))
    this.#contentSum.add(checksum(key, value))
    void this.#records.put(key, value)
  }

  /** Like `remove`, for an existing key whose value is known. */
  take(key: string, old: string): void {
    this.#contentSum.remove(checksum(key, old))
    void this.#records.remove(key)
  }

  /** Subtracts an old value from the content sum, as bytes: decoding it would cost more than everything else here. */
  #forget(key: string): boolean {
    const old = this.#records.getBinary(key)
    if (old === undefined) return false
    this.#contentSum.remove(checksum(key, old))
    return true
  }
}
