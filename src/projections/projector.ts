import type { Clock } from "../lib/clock.js"
import { histogram } from "../lib/metrics.js"
import { sleep } from "../lib/sleep.js"
import { checkAgainstLog, foreignLog } from "../log/checkpoint.js"
import type { Genesis } from "../log/commit.js"
import { type Judged, type JudgedBatch, readJudged } from "../log/judged.js"
import { Fault, isFault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { Checkpoint, ViewStore } from "../ports/viewStore.js"
import { CheckpointWatch } from "./checkpointWatch.js"
import { DocumentCache } from "./documentCache.js"
import { findTarget, isLive, type ProjectionTarget, viewsOf } from "./generations.js"
import { project } from "./projection.js"

/** How often a standby reads the checkpoint, and for how long it must have stood still (R31). */
const WATCH_MS = 1000
const STILL_MS = 5000

/**
 * The least time between swaps once the head is reached: a document that changes several times meanwhile is written
 * once. Readers do not notice, as they take what the views do not have yet from the tail's buffer.
 */
const SWAP_EVERY_MS = 50

/** How long to wait after the store or the log failed. */
const RETRY_MS = 200

export const PROJECTOR_STATES = ["active", "standby", "failed", "stopped"] as const

export type ProjectorState = (typeof PROJECTOR_STATES)[number]

/** A generation that is not live yet. */
export interface Filling {
  readonly generation: string
  /** How far it has come, exclusive; it becomes live when it reaches the live one's offset. */
  readonly offset: number
}

export interface ProjectorOptions {
  readonly log: Log
  readonly genesis: Genesis
  readonly store: ViewStore
  readonly clock: Clock
  readonly logger: Logger
  /** For a new generation, in milliseconds of key time; an existing one keeps its own. */
  readonly keyRetention: number
  /** Where its records come from; by default it reads the log by itself. */
  readonly records?: (from: number, signal: AbortSignal) => AsyncIterable<JudgedBatch>
}

/**
 * Maintains the views: folds the log into documents and swaps them in, checkpoint by checkpoint. Several may run, without
 * election: one projector wins a swap, and whoever loses it becomes a standby (R31).
 *
 *   active  --lost swap, store found elsewhere-->  standby  --checkpoint gone, or still for 5 s with the log beyond it-->  active
 *   active  --store or log away-->  active, from the checkpoint found then
 *   any     --LOG_TRUNCATED, NEEDS_NEWER_BUILD-->  failed;  any  --stop()-->  stopped
 */
export class Projector {
  /** Records that are not commits, found by this process since its start. */
  deadLetters = 0
  /** Aggregates that this process froze since its start. */
  frozen = 0
  readonly swaps = histogram(
    "guildhall_projector_swap_duration_seconds",
    "Writes to the view store, by outcome: won, or lost to another projector.",
    ["outcome"],
    [{ outcome: "won" }, { outcome: "lost" }],
  )
  readonly #options: ProjectorOptions
  readonly #abort = new AbortController()
  #state: ProjectorState = "active"
  #filling: Filling | null = null
  /** A process fills a generation beside the live one only at its start: until it has found views to continue. */
  #mayFill = true
  #fault: Fault | null = null
  /** What was last logged of the store or the log; null once a swap has worked since. */
  #logged: string | null = null
  #running: Promise<void> | null = null

  constructor(options: ProjectorOptions) {
    this.#options = options
  }

  get state(): ProjectorState {
    return this.#state
  }

  /** Why it cannot go on, or null. */
  get fault(): Fault | null {
    return this.#fault
  }

  /** The generation that it fills beside the live one, or null. */
  get filling(): Filling | null {
    return this.#filling
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
    this.#move("stopped")
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#projectUntilLost()
        if (this.#abort.signal.aborted) return
        this.#move("standby")
        await this.#standBy()
        if (this.#abort.signal.aborted) return
        this.#move("active")
      } catch (error) {
        if (this.#abort.signal.aborted) return
        if (isFault(error, "LOG_TRUNCATED") || isFault(error, "NEEDS_NEWER_BUILD")) {
          this.#fault = error
          this.#move("failed")
          this.#options.logger.error({ code: error.code }, `projector: ${error.message}`)
          return
        }
        this.#logOnce(String(error))
        await this.#pause(RETRY_MS)
      }
    }
  }

  /** Logs an outage once, though it retries several times a second. */
  #logOnce(error: string): void {
    if (error === this.#logged) return
    this.#logged = error
    this.#options.logger.warn({ error }, "projector: starting again from the checkpoint, until it works")
  }

  /** Returns when the store is no longer where this projector has left it. Throws what the log and the store throw. */
  async #projectUntilLost(): Promise<void> {
    const { log, genesis, store, clock } = this.#options
    const target = await this.#target()
    const { from } = target
    if (from !== null) await checkAgainstLog(from, log, genesis, this.#abort.signal)
    const watch = new CheckpointWatch(store, clock, viewsOf(target), from)
    try {
      await this.#projectFrom(target, watch)
    } finally {
      watch.close()
      this.#filling = null
    }
  }

  /** What to continue with. Throws LOG_TRUNCATED, and what `findTarget` throws. */
  async #target(): Promise<ProjectionTarget> {
    const { store, genesis } = this.#options
    const target = await findTarget(store, { mayFill: this.#mayFill })
    const foreign = target.from === null ? null : foreignLog(target.from, genesis)
    if (foreign !== null) throw foreign
    if (target.replaces === null) this.#mayFill = false
    return target
  }

  async #projectFrom(start: ProjectionTarget, watch: CheckpointWatch): Promise<void> {
    const { log, genesis, store } = this.#options
    const { records: read = (from, signal) => readJudged(log, genesis, from, signal) } = this.#options
    const documents = new DocumentCache(store)
    const end = AbortSignal.any([this.#abort.signal, watch.moved])
    let target = start
    this.#fills(target)
    for await (const { records, head } of read(start.from?.offset ?? 0, end)) {
      if (records.length === 0) continue
      watch.swapping()
      const next = await this.#step(records, target, documents)
      if (next === null) return
      target = next
      watch.swapped(viewsOf(target), next.from)
      this.#fills(target)
      if (next.from.offset >= head) await this.#pause(SWAP_EVERY_MS)
    }
  }

  #fills({ generation, from, replaces }: ProjectionTarget): void {
    this.#filling = replaces === null ? null : { generation, offset: from?.offset ?? 0 }
  }

  /** Projects some records; null when another projector did. */
  async #step(
    records: readonly Judged[],
    { generation, from, replaces }: ProjectionTarget,
    documents: DocumentCache,
  ): Promise<(ProjectionTarget & { readonly from: Checkpoint }) | null> {
    const { genesis, keyRetention, store, clock, logger } = this.#options
    const loaded = await documents.load(records, from)
    if (!loaded) return null
    const { to, writes, frozen } = project(records, documents, { genesis, generation, from, keyRetention })
    const begunAt = clock.now()
    const won = await store.swap(from, to, writes, replaces)
    this.swaps.observe({ outcome: won ? "won" : "lost" }, (clock.now() - begunAt) / 1000)
    if (!won) return null
    this.#logged = null
    this.frozen += frozen.length
    documents.trim()
    for (const aggregate of frozen)
      logger.error({ aggregate, before: to.offset }, "projector: frozen, see `guildhall audit`")
    for (const record of records) if (record.verdict === "dead") this.#deadLetter(record)
    const tookOver = replaces !== null && (await isLive(store, generation))
    if (tookOver) logger.info({ generation, replaces }, "projector: its generation is live now")
    return { generation, from: to, replaces: tookOver ? null : replaces }
  }

  #deadLetter({ offset, reason }: Judged): void {
    this.deadLetters += 1
    this.#options.logger.warn({ offset, reason }, "projector: dead letter, not one of our records")
  }

  /** Returns when this projector should take over. */
  async #standBy(): Promise<void> {
    const { log, clock } = this.#options
    let last: Checkpoint | null = null
    let since = clock.now()
    while (!this.#abort.signal.aborted) {
      const { from } = await this.#target()
      if (from === null) return
      if (from.generation !== last?.generation || from.offset !== last.offset) since = clock.now()
      last = from
      if (clock.now() - since >= STILL_MS && (await log.bounds()).head > from.offset) return
      await this.#pause(WATCH_MS)
    }
  }

  #pause(delayMs: number): Promise<void> {
    return sleep(this.#options.clock, delayMs, this.#abort.signal)
  }

  #move(to: ProjectorState): void {
    if (to === this.#state) return
    this.#options.logger.info({ from: this.#state, to }, "projector")
    this.#state = to
  }
}
