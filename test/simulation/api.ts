import { type Realm, startRealm } from "../../src/app/realm.js"
import type { Commands } from "../../src/commands/commands.js"
import { RULES } from "../../src/commands/rules.js"
import type { Aggregate } from "../../src/domain/aggregates.js"
import { isFault } from "../../src/ports/faults.js"
import { SILENT } from "../../src/ports/logger.js"
import { ProcessClock } from "../fakes/clock.js"
import { gatedViewStore, heldLog } from "./gated.js"
import type { Answer, Attempt } from "./history.js"
import { settingsOf } from "./realmSettings.js"
import type { Shared } from "./shared.js"

/** One life of a process that takes commands: from its start until it is killed or stopped. */
export class Api {
  readonly name: string
  readonly clock: ProcessClock
  /** Holds back the records that its tail reads. */
  readonly reading: ProcessClock
  readonly #shared: Shared
  readonly #abort = new AbortController()
  #realm: Realm | null = null
  #disconnect = () => {}
  #answeredPosition = 0
  #nextId = 0

  /** `host` is for cutting it off; `life` distinguishes its lives. */
  constructor(shared: Shared, host: string, life: number) {
    this.name = `${host}.${life}`
    this.#shared = shared
    this.clock = new ProcessClock(shared.clock)
    this.clock.skewMs = wrongBy(shared.random(`clock of ${this.name}`))
    this.reading = new ProcessClock(shared.clock)
    void this.#begin(host)
  }

  get commands(): Commands | null {
    return this.#realm?.commands ?? null
  }

  get position(): number | null {
    return this.#realm?.tail.position ?? null
  }

  /** It stands still without noticing: when it resumes, no time has passed for it. */
  suspend(): () => void {
    const { clock } = this.#shared
    const since = clock.now()
    this.clock.pause()
    return () => {
      if (this.clock.isPaused) this.clock.skewMs -= clock.now() - since
      this.clock.resume()
    }
  }

  /** kill -9. What it has sent goes on without it. */
  kill(): void {
    this.clock.kill()
    this.reading.kill()
    this.#disconnect()
  }

  /**
   * A request reaches the process; resolves with the answer, or null when there will be none. `timely` is asked when the
   * process takes it up: a client that has waited too long in a paused process's socket is gone.
   */
  execute(request: Attempt["request"], timely: () => boolean): Promise<Answer | null> {
    return new Promise(resolve => {
      this.clock.deliver(() => {
        if (timely()) void this.#execute(request).then(resolve)
        else resolve(null)
      })
    })
  }

  /** Reads some aggregates like a query. */
  query(aggregates: readonly Aggregate[]): void {
    this.clock.deliver(() => void this.#query(aggregates))
  }

  /** As on SIGTERM. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#realm?.close()
  }

  get fault(): string | null {
    return this.#realm?.tail.fault?.message ?? null
  }

  async #begin(host: string): Promise<void> {
    const { settings, log: server, views, random, rules, unhealed } = this.#shared
    const { clock } = this
    const connection = server.connect(host, clock)
    this.#disconnect = () => server.disconnect(connection)
    const { signal } = this.#abort
    try {
      this.#realm = await startRealm(
        {
          log: heldLog(connection, this.reading, clock),
          viewStore: gatedViewStore(views.connect(host), clock),
          ...{ lake: null, clock, random: random(this.name), newId: () => this.#newId(), logger: SILENT },
        },
        settingsOf(settings, "api"),
        signal,
        { ...RULES, ...rules },
      )
    } catch (error) {
      if (!signal.aborted) unhealed.push(`${this.name} does not start: ${error}`)
    }
  }

  #newId(): string {
    this.#nextId += 1
    const id = `${this.name}-${this.#nextId}`
    this.#shared.senders.set(id, { process: this.name, at: this.#shared.clock.now() })
    return id
  }

  async #execute(request: Attempt["request"]): Promise<Answer | null> {
    if (this.#realm === null) return null
    const { clock, log, attempts } = this.#shared
    const { tail, commands } = this.#realm
    const attempt: Attempt = {
      ...{ request, process: this.name, answer: null },
      arrivedAt: clock.now(),
      headAtArrival: log.records.length,
      tailAtArrival: tail.position,
    }
    attempts.push(attempt)
    attempt.answer = await this.#ask(commands, request)
    return attempt.answer
  }

  async #ask(commands: Commands, request: Attempt["request"]): Promise<Answer> {
    const { clock, log } = this.#shared
    const place = () => ({ answeredAt: clock.now(), headAtAnswer: log.records.length })
    try {
      const { events, refusal, replayed, position, states } = await commands.execute(request)
      this.#answeredPosition = Math.max(this.#answeredPosition, position)
      if (refusal !== null) return { ...place(), kind: "refused", refusal, position, states }
      return { ...place(), kind: "done", events, replayed, position, states }
    } catch (error) {
      if (!isFault(error)) throw error
      return { ...place(), kind: "fault", code: error.code, message: error.message }
    }
  }

  async #query(aggregates: readonly Aggregate[]): Promise<void> {
    if (this.#realm === null) return
    const { stateReader, tail } = this.#realm
    const answeredBefore = this.#answeredPosition
    try {
      const view = await stateReader.read({ aggregates }, this.clock.now() + this.#shared.settings.deadlineMs)
      const states = new Map(aggregates.map(aggregate => [aggregate, view.document(aggregate).state]))
      this.#shared.queries.push({ process: this.name, answeredBefore, position: tail.position, states })
    } catch (error) {
      if (!isFault(error)) throw error
    }
  }
}

/** The wall clocks of processes are wrong, by up to an hour each way. */
function wrongBy(random: () => number): number {
  return Math.floor((random() - 0.5) * 7_200_000)
}
