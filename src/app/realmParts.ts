import type { Commands } from "../commands/commands.js"
import type { CommandParts } from "../commands/parts.js"
import type { History, HistoryOptions } from "../history/history.js"
import type { LandedReader } from "../history/landed.js"
import type { Lander, LanderOptions } from "../lander/lander.js"
import type { HistoryEngine } from "../ports/historyEngine.js"
import type { Lake } from "../ports/lake.js"
import type { Logger } from "../ports/logger.js"
import type { ViewStore } from "../ports/viewStore.js"
import type { Projector } from "../projections/projector.js"
import type { StateReader } from "../projections/stateReader.js"
import type { ViewStoreHealth } from "../projections/viewStoreHealth.js"
import type { Feed, FeedBounds } from "../tail/feed.js"
import type { Tail } from "../tail/tail.js"
import type { Config } from "./config.js"

/** What a process is put together from. */
export interface RealmPorts extends Pick<CommandParts, "log" | "clock" | "random" | "newId"> {
  readonly viewStore: ViewStore
  /** Null: nothing is landed, and there is no history. */
  readonly lake: LakePorts | null
  readonly logger: Logger
}

/** What the lander and the history work with. */
export interface LakePorts extends Pick<LanderOptions, "lake" | "writer" | "checkpoints"> {
  /** The same lake, for probes: it gives up after seconds, where the other one is patient. */
  readonly probeLake: Lake
  readonly engine: HistoryEngine
}

/** What a lander works with. */
export interface LanderPorts extends Pick<RealmPorts, "log" | "clock" | "newId" | "logger"> {
  readonly lake: Pick<LakePorts, "lake" | "writer" | "checkpoints">
}

/** Settings as `Config` has them; sizes are for tests and the simulation. */
export interface RealmSettings
  extends Pick<
    Config,
    "realm" | "roles" | "keyRetention" | "commandDeadlineMs" | "landWithinMs" | "catalogue"
  > {
  /** Whether the engine's SQL views are seen by others, and so are kept up to date. */
  readonly keepsSqlViews: boolean
  readonly sizes?: RealmSizes
}

/** Each has a default where it is used. */
export interface RealmSizes {
  readonly lagMax?: number
  readonly bufferBytesMax?: number
  readonly warmMax?: number
  readonly feedBounds?: Partial<FeedBounds>
  readonly historyBounds?: Pick<HistoryOptions, "deadlineMs" | "logRecordsMax">
}

/** The parts of a process; those of roles that it does not have are null. */
export interface RealmParts {
  readonly tail: Tail
  readonly stateReader: StateReader
  /** The state of the view store as last seen. */
  readonly viewStoreHealth: ViewStoreHealth
  readonly feed: Feed
  readonly commands: Commands
  readonly projector: Projector | null
  readonly lander: Lander | null
  /** Null without a lake, like the history. */
  readonly reader: LandedReader | null
  readonly history: History | null
}
