/** What can be wrong with the notices of a subscriber. */
export type SubscriberFinding = "missed" | "doubled" | "outOfOrder" | "wrong" | "ended"

/** How many are kept for display; all are counted. */
const SHOWN_MAX = 100

/** Everything that was wrong with the notices of a run. */
export class SubscriberFindings {
  readonly counts: Record<SubscriberFinding, number> = {
    missed: 0,
    doubled: 0,
    outOfOrder: 0,
    wrong: 0,
    ended: 0,
  }
  /** The first ones, one line each. */
  readonly shown: string[] = []

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0)
  }

  add(finding: SubscriberFinding, text: string): void {
    this.counts[finding] += 1
    if (this.shown.length < SHOWN_MAX) this.shown.push(text)
  }
}
