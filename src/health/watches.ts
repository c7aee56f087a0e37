import { type History } from "../history/history.js"
import { probeHistory } from "../history/historyProbe.js"
import type { LandedReader } from "../history/landed.js"
import type { KeptSqlViews } from "../history/sqlViewKeeper.js"
import { probeLake, probeReading } from "../lake/lakeProbe.js"
import type { Lander } from "../lander/lander.js"
import { Fault } from "../ports/faults.js"
import type { HistoryEngine } from "../ports/historyEngine.js"
import type { Lake } from "../ports/lake.js"
import type { ViewStoreHealth } from "../projections/viewStoreHealth.js"
import { type LogProbeOptions, probeLog } from "../tail/logProbe.js"
import { Watch, type WatchOptions } from "./watch.js"

/** Commands depend on these: they are probed every second, which costs less than a command. */
const OFTEN = { everyMs: 1000, withinMs: 10_000 }

/** Nothing waits for these. A report has as much time as a probe (20 s). */
const SELDOM = { everyMs: 10_000, withinMs: 20_000 }

/** New columns are announced (`hurry`): this interval is for an engine that is back, or a name that is free again. */
const HARDLY = { everyMs: 60_000, withinMs: 60_000 }

type Basics = Pick<WatchOptions, "clock" | "logger">

export function watchLog(options: LogProbeOptions & Basics): Watch {
  return new Watch({
    ...options,
    ...OFTEN,
    name: "log",
    code: "LOG_UNAVAILABLE",
    probe: () => probeLog(options),
  })
}

export function watchViews({ views, ...basics }: Basics & { readonly views: ViewStoreHealth }): Watch {
  return new Watch({
    ...basics,
    ...OFTEN,
    name: "views",
    code: "VIEWS_UNAVAILABLE",
    probe: () => views.look(),
  })
}

export interface LakeWatchOptions extends Basics {
  /** A lake client that gives up early. */
  readonly lake: Lake
  readonly reader: Pick<LandedReader, "read">
  /** Null in a process that lands nothing: then the lake is only read. */
  readonly lander: Pick<Lander, "figures"> | null
}

/** Probes what the process needs from the lake: every process reads how far the log has landed, a lander writes. */
export function watchLake({ lake, reader, lander, ...basics }: LakeWatchOptions): Watch {
  const probe = async () => {
    await (lander === null ? probeReading(lake) : probeLake(lake))
    await reader.read()
  }
  const worked = () => lander?.figures.commits ?? 0
  return new Watch({ ...basics, ...SELDOM, name: "lake", code: "HISTORY_UNAVAILABLE", probe, worked })
}

export interface HistoryWatchOptions extends Basics {
  readonly engine: HistoryEngine
  readonly reader: Pick<LandedReader, "last">
  readonly history: Pick<History, "answered">
}

export function watchHistory({ engine, reader, history, ...basics }: HistoryWatchOptions): Watch {
  const probe = (signal: AbortSignal) => probeHistory(engine, reader.last, signal)
  const worked = () => history.answered
  return new Watch({ ...basics, ...SELDOM, name: "history", code: "HISTORY_UNAVAILABLE", probe, worked })
}

export interface SqlViewsWatchOptions extends Basics {
  readonly keeper: { keep(signal: AbortSignal): Promise<Pick<KeptSqlViews, "problems">> }
}

/** Keeps the metastore's SQL views, for SQL that people write, up to date while the process runs. */
export function watchSqlViews({ keeper, ...basics }: SqlViewsWatchOptions): Watch {
  const probe = async (signal: AbortSignal) => {
    const { problems } = await keeper.keep(signal)
    if (problems.length === 0) return
    const texts = problems.map(({ name, problem }) => `${name}: ${problem}`)
    throw new Fault("HISTORY_UNAVAILABLE", texts.join("; "))
  }
  return new Watch({ ...basics, ...HARDLY, name: "SQL views", code: "HISTORY_UNAVAILABLE", probe })
}
