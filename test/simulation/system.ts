import type { Rules } from "../../src/commands/rules.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { sleep } from "../../src/lib/sleep.js"
import { encodeCommit } from "../../src/log/codec.js"
import { openGenesis } from "../../src/log/genesis.js"
import type { Checkpoint } from "../../src/ports/viewStore.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { FakeViewServer } from "../fakes/viewStore.js"
import { KeptLogger } from "../support/keptLogger.js"
import { Api } from "./api.js"
import type { History } from "./history.js"
import { KeyTimeMeter } from "./keyTimeMeter.js"
import { Model } from "./model.js"
import type { Settings } from "./plan.js"
import { Projecting } from "./projecting.js"
import type { Shared } from "./shared.js"

/** I7: this long after the last fault everything works again. */
export const HEALS_WITHIN_MS = 30_000

export interface SystemOptions {
  /** See `FakeViewServer`: for the run that leaves the atomic read out. */
  readonly tornReads?: boolean
  /** In place of those of the write path: for the runs that leave one out. */
  readonly rules?: Partial<Rules>
}

/** The processes of a run over one log and one view store, and what they leave behind. */
export class System {
  readonly shared: Shared
  readonly apis: Api[] = []
  readonly projectings: Projecting[] = []
  readonly #checkpoints: (Checkpoint | null)[] = []
  #lives = 0

  constructor(settings: Settings, { tornReads = false, rules = {} }: SystemOptions = {}) {
    const clock = new FakeClock()
    const random = (part: string) => seeded(settings.seed ^ hash(part))
    const log = new FakeLogServer({ clock, random: random("log") })
    const views = new FakeViewServer({
      ...{ clock, random: random("views"), faults: settings.viewFaults, tornReads },
      onWon: to => this.#checkpoints.push(to),
    })
    this.shared = {
      ...{ settings, clock, log, views, random, rules },
      logger: new KeptLogger(),
      keyTime: new KeyTimeMeter(log.records),
      attempts: [],
      offers: [],
      queries: [],
      senders: new Map(),
      newer: new Set(),
      unhealed: [],
    }
  }

  /** Writes the genesis before anything can go wrong: a log without it is not ours. Then the processes start. */
  async start(): Promise<void> {
    const { log, clock, settings } = this.shared
    const signal = new AbortController().signal
    const options = { realm: 0, lagMax: settings.lagMax, newId: () => "realm", signal }
    await clock.runFor(openGenesis(log.connect("operator"), options))
    log.faults = { ...log.faults, ...settings.logFaults }
    for (let i = 0; i < settings.apis; i++) this.startApi(i)
    for (let i = 0; i < settings.projectors; i++) this.startProjecting(i)
  }

  api(i: number): Api {
    const api = this.apis[i % this.shared.settings.apis]
    if (api === undefined) throw new Error(`there is no api ${i}`)
    return api
  }

  projecting(i: number): Projecting {
    const projecting = this.projectings[i % this.shared.settings.projectors]
    if (projecting === undefined) throw new Error(`there is no projector ${i}`)
    return projecting
  }

  /** Replaces the previous one, which was killed. */
  startApi(i: number): void {
    this.#lives += 1
    this.apis[i] = new Api(this.shared, `api-${i}`, this.#lives)
  }

  startProjecting(i: number): void {
    this.projectings[i] = new Projecting(this.shared, `projector-${i}`)
  }

  /** Names for `cut` and `heal`. */
  get hosts(): string[] {
    const { apis, projectors } = this.shared.settings
    return [
      ...Array.from({ length: apis }, (_, i) => `api-${i}`),
      ...Array.from({ length: projectors }, (_, i) => `projector-${i}`),
    ]
  }

  /** A commit of a newer build, with an event that this one does not know. */
  writeNewer(player: string): void {
    const { log, clock, settings, newer } = this.shared
    const aggregate = playerAggregate(player)
    const model = new Model(log.records, settings)
    const id = `newer-${newer.size}`
    newer.add(id)
    const commands = [
      { id: `${player}/${id}`, digest: "newer", events: [{ type: "PlayerFlown", v: 1, data: { player } }] },
    ]
    const on = { [aggregate]: model.at(aggregate, model.head).link }
    log.store([encodeCommit({ id, seen: model.head, at: clock.now(), on, commands })])
  }

  emptyViews(): void {
    this.#checkpoints.push(null)
    this.shared.views.empty()
  }

  /** Remembers the views as they are now; returns a function that rolls them back to that. */
  rememberViews(): () => void {
    const snapshot = this.shared.views.snapshot()
    return () => {
      this.#checkpoints.push(null)
      this.shared.views.restore(snapshot)
    }
  }

  /** From now on nothing goes wrong any more. */
  heal(): void {
    const { log, views } = this.shared
    log.faults = { ...log.faults, ...NO_LOG_FAULTS }
    views.faults = { ...views.faults, lost: 0, replyLost: 0 }
    log.comeBack()
    views.resume()
    views.share = 0
    for (const host of this.hosts) {
      log.heal(host)
      views.heal(host)
    }
    for (const { clock, reading } of this.apis) {
      clock.resume()
      reading.resume()
    }
    for (const { clock } of this.projectings) clock.resume()
  }

  /** Waits until views and tails have reached the log's head. */
  async healed(): Promise<void> {
    const { log, clock, unhealed } = this.shared
    const end = () => log.records.length
    const behind = () => this.apis.filter(api => api.position !== end())
    try {
      await clock.runUntil(() => this.#viewsOffset === end() && behind().length === 0, HEALS_WITHIN_MS)
    } catch {
      const tails = behind().map(({ name, position }) => `${name} at ${position}`)
      unhealed.push(`head ${end()}, views at ${this.#viewsOffset}, tails behind: ${tails.join() || "none"}`)
    }
  }

  /** Lets time pass until a promise is settled, up to a limit. */
  async within(limitMs: number, promise: Promise<unknown>, problem: string): Promise<void> {
    const { clock, unhealed } = this.shared
    const late = sleep(clock, limitMs).then(() => "late")
    const first = await clock.runFor(Promise.race([promise.then(() => "in time"), late]))
    if (first === "late") unhealed.push(`${problem} after ${limitMs} ms`)
  }

  /** Stops everything in order, once the views have everything, and returns the history of the run. */
  async end(): Promise<History> {
    const { unhealed, settings, log, views, attempts, queries, senders, newer } = this.shared
    for (const { fault } of this.apis) if (fault !== null) unhealed.push(fault)
    const stopped = Promise.all(this.apis.map(api => api.stop()))
    await this.within(HEALS_WITHIN_MS, stopped, "processes do not stop")
    const caughtUp = await this.#viewsCatchUp()
    for (const { fault } of this.projectings) if (fault !== null) unhealed.push(fault)
    const ended = Promise.all(this.projectings.map(one => one.stop()))
    await this.within(HEALS_WITHIN_MS, ended, "projectors do not stop")
    return {
      ...{ attempts, queries, senders, newer, unhealed },
      records: log.records,
      lagMax: settings.lagMax,
      keyRetention: settings.keyRetention,
      checkpoints: this.#checkpoints,
      views: caughtUp ? views.data(0) : null,
    }
  }

  get #viewsOffset(): number {
    return this.shared.views.data(0).checkpoint(FOLD_VERSION)?.offset ?? 0
  }

  async #viewsCatchUp(): Promise<boolean> {
    const { clock, log, unhealed } = this.shared
    try {
      await clock.runUntil(() => this.#viewsOffset === log.records.length, HEALS_WITHIN_MS)
      return true
    } catch {
      unhealed.push(`the views are at ${this.#viewsOffset}, the log's head is ${log.records.length}`)
      return false
    }
  }
}

/** No faults; latencies stay. */
const NO_LOG_FAULTS = {
  lost: 0,
  replyLost: 0,
  late: 0,
  doubled: 0,
  partial: 0,
  hole: 0,
  garbage: 0,
  clockJump: 0,
  smallBatch: 0,
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const char of text) value = Math.imul(value ^ char.charCodeAt(0), 0x01000193)
  return value >>> 0
}
