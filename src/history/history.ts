import type { Aggregate } from "../domain/aggregates.js"
import type { Clock } from "../lib/clock.js"
import { before } from "../lib/deadline.js"
import { Fault, shuttingDown } from "../ports/faults.js"
import type { HistoryEngine } from "../ports/historyEngine.js"
import { type PastState, type Prefix, prefixAsOf, statesAsOf } from "./asOf.js"
import { type GrowthReport, type GrowthRequest, guildGrowth } from "./guildGrowth.js"
import type { LandedReader } from "./landed.js"
import { LandedEvents } from "./landedEvents.js"
import { type LiveOptions, LiveRecords } from "./live.js"
import type { HistoryParts } from "./parts.js"
import { type PageWish, type PurchasePage, purchasePage } from "./purchases.js"
import { type SalesReport, type SalesRequest, sales } from "./sales.js"

/** The default time limit of a report. */
const DEADLINE_MS = 20_000

export interface HistoryOptions extends Pick<LiveOptions, "tail" | "log" | "clock" | "logRecordsMax"> {
  readonly reader: LandedReader
  /** Its owner closes it. */
  readonly engine: HistoryEngine
  readonly deadlineMs?: number
}

/**
 * All that ever happened in this process's realm, up to its tail: the lake, joined with what has not landed yet. Every
 * query throws HISTORY_UNAVAILABLE when the lake or its engine is unreachable or slow, OVERLOADED when too many queries
 * run, LAKE_OF_ANOTHER_LOG, LAKE_CORRUPT, SHUTTING_DOWN, and the tail's fault. Nothing else waits for these queries. The
 * signal is aborted when the caller has left: then the query ends, in the engine too.
 */
export class History {
  readonly #parts: HistoryParts
  readonly #clock: Clock
  readonly #deadlineMs: number
  readonly #running = new Set<Promise<unknown>>()
  readonly #closed = new AbortController()
  /** End the running queries. Rejected: one signal for all, as AbortSignal.any retains something of each (Node.js 20). */
  readonly #ends = new Set<AbortController>()

  constructor(options: HistoryOptions) {
    const { reader, engine, tail, log, clock, deadlineMs = DEADLINE_MS, logRecordsMax } = options
    const live = new LiveRecords({ tail, log, clock, logRecordsMax })
    this.#parts = { reader, live, events: new LandedEvents(engine, tail.genesis.realm) }
    this.#clock = clock
    this.#deadlineMs = deadlineMs
  }

  /** How many queries the engine has answered, for the health check. */
  get answered(): number {
    return this.#parts.events.answered
  }

  sales(request: SalesRequest, left?: AbortSignal): Promise<SalesReport> {
    return this.#run("sales", left, signal => sales(this.#parts, request, signal))
  }

  purchases(page: PageWish, left?: AbortSignal): Promise<PurchasePage> {
    return this.#run("purchases", left, signal => purchasePage(this.#parts, page, signal))
  }

  guildGrowth(request: GrowthRequest, left?: AbortSignal): Promise<GrowthReport> {
    return this.#run("guildGrowth", left, signal => guildGrowth(this.#parts, request, signal))
  }

  /** The time is in milliseconds since 1970. */
  prefixAsOf(at: number, left?: AbortSignal): Promise<Prefix> {
    return this.#run("playerAsOf", left, signal => prefixAsOf(this.#parts, at, signal))
  }

  statesAsOf(
    prefix: Prefix,
    aggregates: readonly Aggregate[],
    left?: AbortSignal,
  ): Promise<ReadonlyMap<Aggregate, PastState>> {
    return this.#run("playerAsOf", left, signal => statesAsOf(this.#parts, prefix, aggregates, signal))
  }

  /** Ends the running queries. */
  async close(): Promise<void> {
    this.#closed.abort()
    for (const end of this.#ends) end.abort()
    await Promise.allSettled(this.#running)
  }

  /** The deadline reaches the engine, and also holds in parts that do not check it themselves. */
  async #run<T>(
    name: string,
    left: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.#closed.signal.aborted) throw shuttingDown()
    const late = () => new Fault("HISTORY_UNAVAILABLE", `${name}: no answer within ${this.#deadlineMs} ms`)
    const end = new AbortController()
    this.#ends.add(end)
    const signal = left === undefined ? end.signal : AbortSignal.any([end.signal, left])
    const running = work(signal)
    const kept = running.catch(() => {}).finally(() => this.#running.delete(kept))
    this.#running.add(kept)
    try {
      return await before(this.#clock, this.#clock.now() + this.#deadlineMs, running, late)
    } catch (error) {
      if (this.#closed.signal.aborted) throw shuttingDown()
      throw error
    } finally {
      this.#ends.delete(end)
      end.abort()
    }
  }
}
