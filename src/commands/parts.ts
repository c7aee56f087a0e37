import type { Clock, Random } from "../lib/clock.js"
import type { Log } from "../ports/log.js"
import type { StateReader } from "../projections/stateReader.js"
import type { Tail } from "../tail/tail.js"
import type { AggregateQueues } from "./aggregateQueues.js"
import type { Rules } from "./rules.js"
import type { CommandStats } from "./stats.js"

/** What the parts of the write path share. */
export interface CommandParts {
  readonly log: Log
  readonly tail: Tail
  readonly stateReader: StateReader
  readonly clock: Clock
  readonly random: Random
  /** Makes random ids, for commits and for the keys that clients leave out. */
  readonly newId: () => string
  /** In milliseconds of key time; used until the views' checkpoint has been read, which carries the one in force. */
  readonly keyRetention: number
  readonly queues: AggregateQueues
  readonly stats: CommandStats
  readonly rules: Rules
}
