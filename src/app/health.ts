import type { Commands } from "../commands/commands.js"
import { Health, type Watches } from "../health/health.js"
import { watchHistory, watchLake, watchLog, watchSqlViews, watchViews } from "../health/watches.js"
import type { History } from "../history/history.js"
import { LandedReader } from "../history/landed.js"
import { SqlViewKeeper } from "../history/sqlViewKeeper.js"
import type { Lander } from "../lander/lander.js"
import { type KnownLog, LandingLag } from "../lander/landingLag.js"
import type { Clock } from "../lib/clock.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { ViewStore } from "../ports/viewStore.js"
import type { Projector } from "../projections/projector.js"
import type { ViewStoreHealth } from "../projections/viewStoreHealth.js"
import type { Tail } from "../tail/tail.js"
import type { Config } from "./config.js"
import type { LakeEngines } from "./engines.js"

export interface HealthOptions {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
  readonly log: Log
  readonly store: ViewStore
  readonly lake: LakeEngines
  readonly tail: Tail
  readonly commands: Commands
  readonly viewStoreHealth: ViewStoreHealth
  readonly reader: LandedReader
  readonly history: History
  readonly projector: Projector | null
  readonly lander: Lander | null
}

/** Watches what the process's roles need. Nothing is probed before `start`. */
export function newHealth(options: HealthOptions): { readonly health: Health; readonly landing: LandingLag } {
  const { config, clock, log, store, tail, reader, lander, projector, viewStoreHealth } = options
  const landing = new LandingLag({
    landed: () => landedOffset(reader, lander),
    log: knownTo(tail),
    clock,
    landWithinMs: config.landWithinMs,
  })
  const watches = watchesOf(options)
  lander?.onSchemaChange(() => watches.sqlViews?.hurry())
  const parts = {
    tail,
    views: viewStoreHealth,
    projector,
    lander,
    landing,
    watches,
    stores: { log, views: store },
  }
  return { health: new Health(parts), landing }
}

function watchesOf(options: HealthOptions): Watches {
  const { config, lake, log, tail, commands, viewStoreHealth, reader, history, lander, clock, logger } =
    options
  const basics = { clock, logger }
  const isApi = config.roles.has("api")
  const lastAppend = () => commands.stats.lastAppend
  return {
    log: watchLog({ ...basics, log, tail, lastAppend }),
    views: watchViews({ ...basics, views: viewStoreHealth }),
    lake: isApi || lander !== null ? watchLake({ ...basics, lake: lake.probeLake, reader, lander }) : null,
    history: isApi ? watchHistory({ ...basics, engine: lake.engine, reader, history }) : null,
    // Only views in the metastore are visible to others; DuckDB's are created on demand (`guildhall sql`).
    sqlViews:
      config.hdfs !== null && lander !== null ? watchSqlViews({ ...basics, keeper: keeperOf(lake) }) : null,
  }
}

function keeperOf(lake: LakeEngines): SqlViewKeeper {
  return new SqlViewKeeper(new LandedReader({ ...lake, genesis: null }), lake.engine)
}

/**
 * The offset that this process's lander has landed, or that the lake showed last; null until the lake was
 * read.
 */
function landedOffset({ last }: LandedReader, lander: Lander | null): number | null {
  const known = Math.max(last?.offset ?? 0, lander?.landed ?? 0)
  return last === null && known === 0 ? null : known
}

function knownTo(tail: Tail): KnownLog {
  return {
    get head() {
      return Math.max(tail.head, tail.position)
    },
    appendedAt: offset => tail.buffer.record(Math.max(offset, tail.buffer.from))?.at ?? null,
  }
}
