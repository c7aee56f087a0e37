import type { Aggregate } from "../domain/aggregates.js"
import type { Judged } from "../log/judged.js"
import type { Document } from "../projections/document.js"
import { handedTo, playerChanges } from "./handedOver.js"

/** Counts the realm's swords from the events alone, independently of the fold. */
export class SwordLedger {
  #count = 0n

  /** How many all players together must own. */
  get expected(): bigint {
    return this.#count
  }

  /** `document` returns an aggregate as of after the record. */
  take(record: Judged, document: (aggregate: Aggregate) => Document): void {
    for (const { player, event } of playerChanges(record, document)) {
      if (event.type === "SwordBought") this.#count += 1n
      if (event.type === "SwordSold") this.#count -= 1n
      this.#count += handedTo(player, event).swords
    }
  }
}
