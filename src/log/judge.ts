import type { Commit } from "./commit.js"

/**
 * Premature and expired commits take no slot (R2). Of the others, who took all its slots is effective, otherwise
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
 * The chain rule, and the only judge (R6). It needs no clock, and no state beyond the last `lagMax` records: started
 * anywhere, it says the same once it has seen the `lagMax` records before (R5).
 */
export class Judge {
  readonly #lagMax: number
  /** Slot (aggregate, prev) to the offset of its last claim, in the order of these offsets. */
  readonly #claims = new Map<string, number>()

  constructor(lagMax: number) {
    this.#lagMax = lagMax
  }

  /** The verdict on the commit at an offset. Offsets ascend from call to call. */
  judge(offset: number, commit: Pick<Commit, "seen" | "on">): Judgement {
    this.#forgetBefore(offset - this.#lagMax)
    if (commit.seen > offset) return { verdict: "premature", linked: NONE }
    if (offset - commit.seen > this.#lagMax) return { verdict: "expired", linked: NONE }

    const aggregates = Object.keys(commit.on)
    const free = (aggregate: string) => !this.#claims.has(slot(aggregate, commit.on[aggregate]))
    // Nearly always all: `filter` would make an array with room for 16 more.
    const linked = aggregates.every(free) ? aggregates : aggregates.filter(free)
    // Who loses a slot has claimed it too: a judge that starts later may not know who won it.
    for (const aggregate of aggregates) this.#claim(slot(aggregate, commit.on[aggregate]), offset)
    return { verdict: linked.length === aggregates.length ? "effective" : "superseded", linked }
  }

  #claim(name: string, offset: number): void {
    // Deleted first, so that the map stays in the order of offsets.
    this.#claims.delete(name)
    this.#claims.set(name, offset)
  }

  #forgetBefore(oldest: number): void {
    for (const [name, offset] of this.#claims) {
      if (offset >= oldest) return
      this.#claims.delete(name)
    }
  }
}

/** Neither part holds a line break, so that no two slots share a name. */
function slot(aggregate: string, prev: string | null | undefined): string {
  return `${aggregate}\n${prev ?? ""}`
}
