import { Health, type Watches } from "../health/health.js"
import { watchHistory, watchLake, watchLog, watchSqlViews, watchViews } from "../health/watches.js"
import { LandedReader } from "../history/landed.js"
import { SqlViewKeeper } from "../history/sqlViewKeeper.js"
import type { Lander } from "../lander/lander.js"
import { type KnownLog, LandingLag } from "../lander/landingLag.js"
import type { Tail } from "../tail/tail.js"
import type { LakePorts, RealmParts, RealmPorts, RealmSettings } from "./realmParts.js"

export interface HealthOptions
  extends Pick<RealmPorts, "clock" | "logger" | "log" | "viewStore" | "lake">,
    Pick<RealmSettings, "roles" | "landWithinMs" | "keepsSqlViews">,
    Omit<RealmParts, "stateReader" | "feed"> {}

/** Watches what the process's roles need. Nothing is probed before `start`. */
export function newHealth(options: HealthOptions): { readonly health: Health; readonly landing: LandingLag } {
  const { landWithinMs, clock, log, viewStore, tail, reader, lander, projector, viewStoreHealth } = options
  const landing = new LandingLag({
    landed: () => landedOffset(reader, lander),
    log: knownTo(tail),
    clock,
    landWithinMs,
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
    stores: { log, views: viewStore },
  }
  return { health: new Health(parts), landing }
}

function watchesOf(options: HealthOptions): Watches {
  const { roles, log, tail, commands, viewStoreHealth, clock, logger } = options
  const basics = { clock, logger }
  const lastAppend = () => commands.stats.lastAppend
  const ofLake = options.lake === null ? NO_LAKE : watchesOfLake(options, options.lake, roles.has("api"))
  return {
    log: watchLog({ ...basics, log, tail, lastAppend }),
    views: watchViews({ ...basics, views: viewStoreHealth }),
    ...ofLake,
  }
}

const NO_LAKE = { lake: null, history: null, sqlViews: null }

function watchesOfLake(
  { keepsSqlViews, reader, history, lander, clock, logger }: HealthOptions,
  lake: LakePorts,
  isApi: boolean,
): Pick<Watches, "lake" | "history" | "sqlViews"> {
  if (reader === null || history === null) return NO_LAKE
  const basics = { clock, logger }
  return {
    lake: isApi || lander !== null ? watchLake({ ...basics, lake: lake.probeLake, reader, lander }) : null,
    history: isApi ? watchHistory({ ...basics, engine: lake.engine, reader, history }) : null,
    // Only views in the metastore are seen by others: DuckDB's are made when somebody asks (`guildhall sql`).
    sqlViews: keepsSqlViews && lander !== null ? watchSqlViews({ ...basics, keeper: keeperOf(lake) }) : null,
  }
}

function keeperOf(lake: LakePorts): SqlViewKeeper {
  return new SqlViewKeeper(new LandedReader({ ...lake, genesis: null }), lake.engine)
}

/** The offset that this process's lander has landed, or that the lake showed last; null until it was read. */
function landedOffset(reader: LandedReader | null, lander: Lander | null): number | null {
  const last = reader?.last ?? null
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
