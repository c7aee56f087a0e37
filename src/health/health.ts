import { isBehind } from "../commands/admission.js"
import type { Lander } from "../lander/lander.js"
import type { LandingLag } from "../lander/landingLag.js"
import { reasonLine } from "../lib/systemError.js"
import type { Fault } from "../ports/faults.js"
import type { StalledReader } from "../ports/stalledReaders.js"
import type { Projector } from "../projections/projector.js"
import type { ViewStoreHealth } from "../projections/viewStoreHealth.js"
import type { Tail } from "../tail/tail.js"
import type { Watch } from "./watch.js"

export interface HealthParts {
  readonly tail: Tail
  readonly views: ViewStoreHealth
  readonly projector: Pick<Projector, "fault" | "filling"> | null
  readonly lander: Pick<Lander, "fault" | "problem"> | null
  readonly landing: LandingLag
  readonly watches: Watches
  readonly stores: Stores
}

/** The stores that, when embedded, keep pages for their readers. */
export interface Stores {
  readonly log: { readonly stalledReaders?: readonly StalledReader[] }
  readonly views: { readonly stalledReaders?: readonly StalledReader[] }
}

/** Null where the process's roles do not need it. */
export interface Watches {
  readonly log: Watch
  readonly views: Watch
  readonly lake: Watch | null
  readonly history: Watch | null
  readonly sqlViews: Watch | null
}

/**
 * What is wrong with this process and its engines (R48), one line each, as `/readyz`, `status` and the metrics show it.
 * A process is **unready** while mutations or queries of current state fail; any other problem makes it **degraded**.
 */
export class Health {
  readonly #parts: HealthParts

  constructor(parts: HealthParts) {
    this.#parts = parts
  }

  /** The watches of log, views, lake and history, as far as this process has them. */
  get engines(): readonly Watch[] {
    const { log, views, lake, history } = this.#parts.watches
    return [log, views, lake, history].filter(watch => watch !== null)
  }

  /** Processes that hold old states of an embedded store, by store. */
  get stalledReaders(): Readonly<Record<keyof Stores, readonly StalledReader[]>> {
    const { log, views } = this.#parts.stores
    return { log: log.stalledReaders ?? [], views: views.stalledReaders ?? [] }
  }

  start(): void {
    for (const watch of this.#all) watch.start()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map(watch => watch.stop()))
  }

  /** Why it should get no requests at the moment; empty when it is ready. */
  unready(): string[] {
    const { views, watches } = this.#parts
    const lines = [
      line("log", this.#logProblem()),
      lineOf(watches.views),
      line("views", views.refuseWork()),
      line("projector", this.#projectorProblem()),
    ]
    return lines.filter(one => one !== null)
  }

  /** What is wrong although it should get requests; empty when nothing is. */
  degraded(): string[] {
    const { landing, views, watches } = this.#parts
    const history = lineOf(watches.history)
    const lines = [
      // When they cannot be read, that one line is enough.
      lineOf(watches.views) === null ? line("views", views.late) : null,
      lineOf(watches.lake),
      history,
      // The engine holds the SQL views: when it has a problem, one line is enough.
      history === null ? lineOf(watches.sqlViews) : null,
      line("lander", this.#landerProblem()),
      line("landing", landing.problem),
      ...Object.entries(this.stalledReaders).map(([store, readers]) => line(store, stalledProblem(readers))),
    ]
    return lines.filter(one => one !== null)
  }

  get #all(): readonly Watch[] {
    const { sqlViews } = this.#parts.watches
    return sqlViews === null ? this.engines : [...this.engines, sqlViews]
  }

  #logProblem(): Fault | string | null {
    const { tail, watches } = this.#parts
    const fault = tail.fault ?? watches.log.problem
    if (fault !== null) return fault
    if (tail.position === 0) return "nothing read yet"
    return isBehind(tail) ? `${tail.head - tail.position} records to read` : null
  }

  /** While it fills a new generation, this process cannot use the views of the other build. */
  #projectorProblem(): Fault | string | null {
    const { tail, projector } = this.#parts
    if (projector === null) return null
    if (projector.fault !== null) return projector.fault
    if (projector.filling === null) return null
    const { generation, offset } = projector.filling
    return `fills generation ${generation} beside the live one: offset ${offset} of ${tail.head}`
  }

  /** A lander that merely retries needs no line in addition to the lake's. */
  #landerProblem(): Fault | string | null {
    const { lander, watches } = this.#parts
    if (lander === null) return null
    if (lander.fault !== null) return lander.fault
    return lineOf(watches.lake) === null ? lander.problem : null
  }
}

function stalledProblem(readers: readonly StalledReader[]): string | null {
  const [first] = readers
  if (first === undefined) return null
  const pids = readers.map(({ pid }) => pid).join(", ")
  const seconds = Math.floor(Math.max(...readers.map(({ forMs }) => forMs)) / 1000)
  return `process ${pids} has been stalled in the middle of a read for ${seconds} s: end or resume it; the file grows until then`
}

function lineOf(watch: Watch | null): string | null {
  return watch === null ? null : line(watch.name, watch.problem)
}

function line(part: string, problem: Fault | string | null): string | null {
  if (problem === null) return null
  const reason = reasonLine(problem)
  return reason.startsWith(`${part}: `) ? reason : `${part}: ${reason}`
}
