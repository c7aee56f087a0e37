import type { Aggregate } from "../domain/aggregates.js"
import { Lane } from "./lane.js"
import type { Pending } from "./pending.js"

/** How many aggregates are kept warm: about 100 MB. */
export const WARM_MAX = 50_000

/** At most this many are looked at for eviction at a time. */
const EVICT_STEP = 1000

/** The lanes of this process, the least recently used first. */
export class Lanes {
  readonly #lanes = new Map<Aggregate, Lane>()
  readonly #warmMax: number

  constructor(warmMax = WARM_MAX) {
    this.#warmMax = warmMax
  }

  find(aggregate: Aggregate): Lane | undefined {
    return this.#lanes.get(aggregate)
  }

  /** The lane of an aggregate, made cold when there is none. */
  get(aggregate: Aggregate): Lane {
    const lane = this.#lanes.get(aggregate) ?? new Lane(aggregate)
    this.#lanes.delete(aggregate)
    this.#lanes.set(aggregate, lane)
    return lane
  }

  /** The lanes of a command, which were made when it came. */
  of(pending: Pending): Lane[] {
    return pending.command.aggregates.map(aggregate => this.#lanes.get(aggregate) ?? this.get(aggregate))
  }

  /** Lets go of idle lanes beyond the bound; commands keep theirs. */
  evict(): void {
    let looked = 0
    for (const [aggregate, lane] of this.#lanes) {
      if (this.#lanes.size <= this.#warmMax || looked >= EVICT_STEP) return
      looked += 1
      if (lane.head() === null && lane.idle) this.#lanes.delete(aggregate)
    }
  }
}
