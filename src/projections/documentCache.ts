import type { Aggregate } from "../domain/aggregates.js"
import type { Judged } from "../log/judged.js"
import type { Checkpoint, ViewStore } from "../ports/viewStore.js"
import { isSameCheckpoint } from "./checkpointText.js"
import { type Document, NO_DOCUMENT, parseDocument } from "./document.js"
import { type DocumentSet, touchedBy } from "./projection.js"
import { NO_PURCHASES, type Purchases, purchasesName } from "./purchases.js"

/** How many documents of each kind are kept between batches. */
const CACHED_MAX = 20_000

/** The documents that the projector has in memory, as of its own checkpoint. Worthless once a swap is lost. */
export class DocumentCache implements DocumentSet {
  readonly aggregates = new Map<Aggregate, Document>()
  readonly purchases = new Map<string, Purchases>()
  readonly #store: ViewStore

  constructor(store: ViewStore) {
    this.#store = store
  }

  /** Reads the documents that these records touch and the cache lacks. False when the store is no longer at `from`. */
  async load(records: readonly Judged[], from: Checkpoint | null): Promise<boolean> {
    const aggregates = new Set<Aggregate>()
    const players = new Set<string>()
    for (const record of records) {
      const touched = touchedBy(record)
      for (const aggregate of touched.aggregates)
        if (!this.aggregates.has(aggregate)) aggregates.add(aggregate)
      for (const player of touched.players) if (!this.purchases.has(player)) players.add(player)
    }
    if (from === null || aggregates.size + players.size === 0) return true
    return this.#read([...aggregates], [...players], from)
  }

  /** Drops the oldest documents beyond the bound. */
  trim(): void {
    trim(this.aggregates)
    trim(this.purchases)
  }

  async #read(
    aggregates: readonly Aggregate[],
    players: readonly string[],
    from: Checkpoint,
  ): Promise<boolean> {
    const names = [...aggregates, ...players.map(purchasesName)]
    const { checkpoint, documents } = await this.#store.read(from.generation, { documents: names, keys: [] })
    if (!isSameCheckpoint(checkpoint, from)) return false
    for (const [i, aggregate] of aggregates.entries()) {
      this.aggregates.set(aggregate, parseDocument(documents[i], NO_DOCUMENT))
    }
    for (const [i, player] of players.entries()) {
      this.purchases.set(player, parseDocument(documents[aggregates.length + i], NO_PURCHASES))
    }
    return true
  }
}

function trim(documents: Map<string, unknown>): void {
  for (const name of documents.keys()) {
    if (documents.size <= CACHED_MAX) return
    documents.delete(name)
  }
}
