import type { Commands } from "../commands/commands.js"
import type { Catalogue } from "../domain/catalogue.js"
import type { History } from "../history/history.js"
import type { Clock } from "../lib/clock.js"
import type { StateReader } from "../projections/stateReader.js"
import type { Feed } from "../tail/feed.js"
import type { Tail } from "../tail/tail.js"
import type { Engines } from "./types/status.js"

/** What the resolvers need from a realm. */
export interface Game {
  readonly realm: number
  readonly catalogue: Catalogue
  readonly commands: Pick<Commands, "execute">
  readonly stateReader: Pick<StateReader, "read" | "list" | "top" | "checkpoint">
  readonly tail: Pick<Tail, "genesis" | "position" | "head" | "reachedBy">
  readonly feed: Pick<Feed, "begin" | "upToHead" | "follow" | "size">
  /** Everything that ever happened; null if this process has no history engine. */
  readonly history: Omit<History, "answered" | "close"> | null
  readonly clock: Clock
  /** Makes random ids, for the keys that clients leave out. */
  readonly newId: () => string
  /** Which implementation of each port is in use. */
  readonly engines: Engines
  /**
   * How far the log has landed in the lake, as far as this process knows; null until it has read the lake.
   */
  landed(): number | null
  /** How long a query may wait for `atLeast` and for the view store, in milliseconds. */
  readonly queryDeadlineMs: number
  /** Why this process should not get requests at the moment; empty if it should. */
  unready(): readonly string[]
}
