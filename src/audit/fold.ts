import { type Aggregate, parseAggregate } from "../domain/aggregates.js"
import type { Judged } from "../log/judged.js"
import { type Document, foldDocument, NO_DOCUMENT } from "../projections/document.js"
import { FoldedTypes, type TypeLists } from "../projections/foldedTypes.js"
import { firstKeptBucket, keyBucket } from "../projections/keyRetention.js"
import { touchedBy } from "../projections/projection.js"
import { foldPurchases, NO_PURCHASES, type Purchases } from "../projections/purchases.js"

/** Where a bucket of keys begins in the log. */
export interface BucketStart {
  readonly offset: number
  /** Key time before that record, in milliseconds. */
  readonly keyTime: number
}

/** More than the number of key buckets that the views keep. */
const BUCKET_STARTS_MAX = 16

/**
 * What the views must be, folded from offset 0. Keeps the document of every aggregate and the last purchases of every
 * player in memory; the log itself is streamed.
 */
export class AuditFold {
  readonly documents = new Map<Aggregate, Document>()
  /** By player id. */
  readonly purchases = new Map<string, Purchases>()
  /** Ids of the guilds that exist. */
  readonly guilds = new Set<string>()
  readonly keyRetention: number
  readonly #bucketStarts = new Map<number, BucketStart>()
  readonly #types = new FoldedTypes()
  #last: Judged | null = null
  #keyTime = 0

  constructor(keyRetention: number) {
    this.keyRetention = keyRetention
  }

  /** The next offset to fold. */
  get offset(): number {
    return this.#last === null ? 0 : this.#last.offset + 1
  }

  /** Key time at the offset, in milliseconds (R22). */
  get keyTime(): number {
    return this.#keyTime
  }

  document(aggregate: Aggregate): Document {
    return this.documents.get(aggregate) ?? NO_DOCUMENT
  }

  /** What a checkpoint at the offset must contain, except for its generation. */
  checkpoint(): TypeLists & Readonly<Record<string, unknown>> {
    const { keyRetention, keyTime } = this
    return {
      offset: this.offset,
      hash: this.#last?.hash,
      at: this.#last?.at,
      keyTime,
      keyRetention,
      firstBucket: firstKeptBucket(keyTime, keyRetention),
      lastBucket: keyBucket(keyTime, keyRetention),
      ...this.#types.lists,
    }
  }

  /** Where the keys that are kept at the offset begin. */
  keptKeysStart(): BucketStart {
    const first = firstKeptBucket(this.keyTime, this.keyRetention)
    // A bucket without records has no start.
    const kept = [...this.#bucketStarts].filter(([bucket]) => bucket >= first).map(([, start]) => start)
    return kept[0] ?? { offset: this.offset, keyTime: this.keyTime }
  }

  /** Folds the next record. Throws an Error when it is not the next one. */
  take(record: Judged): void {
    if (record.offset !== this.offset) {
      throw new Error(`audit: expected the record of offset ${this.offset}, got that of ${record.offset}`)
    }
    this.#moveKeyTime(record)
    this.#types.take(record.effect)
    const { aggregates, players } = touchedBy(record)
    for (const aggregate of aggregates) this.#fold(aggregate, record)
    for (const player of new Set(players)) {
      const purchases = this.purchases.get(player) ?? NO_PURCHASES
      this.purchases.set(player, foldPurchases(player, purchases, record))
    }
    this.#last = record
  }

  #fold(aggregate: Aggregate, record: Judged): void {
    const document = foldDocument(aggregate, this.document(aggregate), record)
    this.documents.set(aggregate, document)
    const name = parseAggregate(aggregate)
    if (name?.kind !== "guild") return
    if (document.state === null) this.guilds.delete(name.id)
    else this.guilds.add(name.id)
  }

  #moveKeyTime({ offset, keyStep }: Judged): void {
    const before = this.#keyTime
    this.#keyTime += keyStep
    const bucket = keyBucket(this.#keyTime, this.keyRetention)
    if (this.#bucketStarts.has(bucket)) return
    this.#bucketStarts.set(bucket, { offset, keyTime: before })
    const [oldest] = this.#bucketStarts.keys()
    if (this.#bucketStarts.size > BUCKET_STARTS_MAX && oldest !== undefined) this.#bucketStarts.delete(oldest)
  }
}
