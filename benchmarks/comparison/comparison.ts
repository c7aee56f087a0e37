import type { Closers } from "./closers.js"

/** One measure of every turn: a column of the table. */
export interface Figure {
  /** Of its value in a turn. */
  readonly name: string
  /** Of its column, with the unit: "cost, µs a purchase". */
  readonly heading: string
  /** In the verdict's sentence: "the cost". */
  readonly label: string
  readonly better: "more" | "less"
  /** Whether a wide spread of this one means that the machine was too busy for a verdict. */
  readonly decisive: boolean
}

/** The figures of one turn, by their names. A side that does not have a figure leaves it out. */
export type Turn = Readonly<Record<string, number>>

/** One of those compared, opened and warm. */
export interface Contender {
  readonly name: string
  /** Ours is compared with the best peer; a limit is only shown. */
  readonly role: "ours" | "peer" | "limit"
  /** Throws for a wrong answer. */
  turn(): Promise<Turn>
  /** What is wrong with the final state, one line each. Called once, after the last turn. */
  verify(): Promise<readonly string[]>
}

/** What a row of the benchmarks compares. */
export interface Comparison {
  /** At least one; the first decides which peer is the best. */
  readonly figures: readonly Figure[]
  /** The names of the figures that the plot shows: one or two. */
  readonly plotted: readonly string[]
  readonly rounds: number
  /** What one turn is, below the table: "15 s, 10,000 players". */
  readonly turnIs: string
  readonly contenders: readonly Contender[]
}

/**
 * Opens one comparison. `quick`: a look, which takes seconds and changes no page. What it opens is given to
 * `closers`, also when it fails.
 */
export type OpenComparison = (quick: boolean, closers: Closers) => Promise<Comparison>
