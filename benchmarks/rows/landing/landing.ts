import type { Contender } from "../../comparison/comparison.js"
import type { Program } from "../../comparison/program.js"
import type { Tally } from "./purchasesLog.js"

/** The log that is landed, and one of a few purchases, to see how long a start takes. */
export type LogSize = "few" | "all"

export interface Found extends Tally {
  /** What it takes on the disk; null if nothing was kept. */
  readonly bytes: number | null
}

/** One way to take what a log holds. */
export interface Landing extends Pick<Contender, "name" | "role"> {
  /** Takes this log, each time into an empty place, and says when its rows can be read there. */
  program(size: LogSize): Program
  /** What somebody else reads there; `line` is the one that the program has printed last. */
  find(line: string): Promise<Found>
  /** Empties the place. */
  clear(): Promise<void>
  /** Processor time of the services that took part, so far, in microseconds. */
  servicesCost(): Promise<number>
}
