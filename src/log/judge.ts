import type { Commit } from "./commit.js"

/**
 * Premature and expired commits take no slot (R2). Of the others, one that took all its slots is effective, otherwise
 * superseded (R4). Only effective commits happened.
 */
export type Verdict = "effective" | "superseded" | "expired" | "premature"

export interface Judgement {
  readonly verdict: Verdict
  /** The aggregates whose link the commit became: it took their slot, whatever its own verdict (R3). */
  readonly linked: readonly string[]
}

const NONE: readonly string[] = []

/**
 * The chain rule, by which the links of an aggregate form one chain (I3), and the only judge (R6). It needs no clock,
 * and no state beyond the last `lagMax` records: started anywhere, it gives the same verdicts once it has seen the
 * `lagMax` records before (R5).
 */
export class Judge {
  readonly #lagMax: number
  /**
   * Maps a slot (aggregate, prev) to the offset of its last claim. Holds the claims of the last `lagMax` records, and
   * older ones that are dropped all at once. Deleting claims one by one from the front of a map takes several times as
   * long, because the map steps over deleted entries.
   */
  #claims = new Map<string, number>()
  #olderClaims = new Map<string, number>()
  /** Where `#claims` begins. */
  #since = 0

  constructor(lagMax: number) {
    this.#lagMax = lagMax
  }

  /** The verdict on the commit at an offset. Offsets ascend from call to call. */
  judge(offset: number, commit: Pick<Commit, "seen" | "on">): Judgement {
    if (commit.seen > offset) return { verdict: "premature", linked: NONE }
    if (offset - commit.seen > this.#lagMax) return { verdict: "expired", linked: NONE }

    const aggregates = Object.keys(commit.on)
    const slots = aggregates.map(aggregate => slot(aggregate, commit.on[aggregate]))
    const free = slots.map(name => this.#isFree(name, offset))
    // Nearly always all are free; `filter` would make an array with spare capacity for 16 more.
    const all = free.every(Boolean)
    const linked = all ? aggregates : aggregates.filter((_, i) => free[i])
    // A commit that loses a slot has still claimed it: a judge that starts later may not know which commit won it.
    for (const name of slots) this.#claim(name, offset)
    return { verdict: all ? "effective" : "superseded", linked }
  }

  /** Whether no claim on a slot stands in the `lagMax` records before an offset. */
  #isFree(name: string, offset: number): boolean {
    const claimed = this.#claims.get(name) ?? this.#olderClaims.get(name)
    return claimed === undefined || claimed < offset - this.#lagMax
  }

  #claim(name: string, offset: number): void {
    if (offset - this.#since > this.#lagMax) {
      this.#olderClaims = this.#claims
      this.#claims = new Map()
      this.#since = offset
    }
    this.#claims.set(name, offset)
  }
}

/** Neither part contains a line break, so no two slots share a name. */
function slot(aggregate: string, prev: string | null | undefined): string {
  return `${aggregate}\n${prev ?? ""}`
}
