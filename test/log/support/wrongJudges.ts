import type { Commit } from "../../../src/log/commit.js"
import { Judge, type Judgement } from "../../../src/log/judge.js"
import type { JudgeLike } from "./history.js"

/** Judges with one rule left out, each to show why that rule is needed. They exist in tests alone. */

type Envelope = Pick<Commit, "seen" | "on">

/** R2 without its second half: no commit expires. */
export class JudgeWithoutExpiry implements JudgeLike {
  readonly #judge: Judge
  readonly #lagMax: number

  constructor(lagMax: number) {
    this.#judge = new Judge(lagMax)
    this.#lagMax = lagMax
  }

  judge(offset: number, { seen, on }: Envelope): Judgement {
    return this.#judge.judge(offset, { seen: Math.max(seen, offset - this.#lagMax), on })
  }
}

/** R2 without its first half: no commit is premature. */
export class JudgeWithoutPremature implements JudgeLike {
  readonly #judge: Judge

  constructor(lagMax: number) {
    this.#judge = new Judge(lagMax)
  }

  judge(offset: number, { seen, on }: Envelope): Judgement {
    return this.#judge.judge(offset, { seen: Math.min(seen, offset), on })
  }
}

/** R3 where only the winner claims: a loser leaves all slots as they were. */
export class JudgeWithLosersFree implements JudgeLike {
  readonly #lagMax: number
  readonly #claims = new Map<string, number>()

  constructor(lagMax: number) {
    this.#lagMax = lagMax
  }

  judge(offset: number, { seen, on }: Envelope): Judgement {
    if (seen > offset) return { verdict: "premature", linked: [] }
    if (offset - seen > this.#lagMax) return { verdict: "expired", linked: [] }
    const slots = Object.entries(on).map(([aggregate, prev]) => `${aggregate}\n${prev ?? ""}`)
    const taken = slots.some(slot => (this.#claims.get(slot) ?? -Infinity) >= offset - this.#lagMax)
    if (taken) return { verdict: "superseded", linked: [] }
    for (const slot of slots) this.#claims.set(slot, offset)
    return { verdict: "effective", linked: Object.keys(on) }
  }
}
