import { differences, type FieldDifference } from "./difference.js"

/** What an audit can find wrong. */
export type FindingKind =
  /** A player's or guild's document differs from the fold of the log, or is missing. */
  | "document"
  | "purchases"
  /** An idempotency key within the retention is missing, or answers with something else. */
  | "key"
  | "guild-list"
  /** The score of a player or guild is missing from a board, wrong, or out of order. */
  | "leaderboard"
  | "checkpoint"
  /** There are no views at all. */
  | "no-views"
  /** An effective commit does not build on its aggregate's link: two histories of one aggregate. */
  | "fork"
  /** A command id happened twice within the key retention. */
  | "doubled"
  /** Gold was not conserved, or a balance is below zero. */
  | "gold"
  /** Swords were not conserved, a count below 1, or a price without a sword or the other way round. */
  | "swords"
  /** Health that is not from 0 to 100. */
  | "health"
  /** An open trade that only one side knows, or that the two sides know differently. */
  | "trade"
  /** A guild over capacity or empty, or a membership that only one side knows. */
  | "guild"
  /** An effective commit that this build reads but cannot fold (AGGREGATE_FROZEN). */
  | "frozen"
  /** The lake's table cannot be read, is of another log, or claims that more has landed than the log holds. */
  | "lake"
  /** A file of the lake is missing, damaged, or holds rows that do not belong there. */
  | "lake-file"
  /** An event's row in the lake is missing, duplicated or wrong, or a row has no event. */
  | "lake-row"
  /** The lake's sums differ from those of the log. */
  | "lake-sum"

export interface Finding extends FieldDifference {
  readonly kind: FindingKind
  /** What it is about: an aggregate, a command id, a place in the log. */
  readonly subject: string
}

/** How many findings are kept to show by default; all are counted. */
const SHOWN_MAX = 20

/** Collects what is wrong: every finding is counted, the first ones are kept. */
export class Findings {
  readonly #shownMax: number
  readonly #shown: Finding[] = []
  readonly #counts = new Map<FindingKind, number>()

  constructor(shownMax = SHOWN_MAX) {
    this.#shownMax = shownMax
  }

  get shown(): readonly Finding[] {
    return this.#shown
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  get byKind(): Readonly<Partial<Record<FindingKind, number>>> {
    return Object.fromEntries(this.#counts)
  }

  add(finding: Finding): void {
    this.#counts.set(finding.kind, (this.#counts.get(finding.kind) ?? 0) + 1)
    if (this.#shown.length < this.#shownMax) this.#shown.push(finding)
  }

  /** One finding for each field in which two JSON values differ. */
  compare(kind: FindingKind, subject: string, expected: unknown, found: unknown): void {
    for (const difference of differences(expected, found)) this.add({ kind, subject, ...difference })
  }
}
