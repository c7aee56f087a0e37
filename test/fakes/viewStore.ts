import type { Clock, Random } from "../../src/lib/clock.js"
import { Fault } from "../../src/ports/faults.js"
import type {
  Board,
  Checkpoint,
  ListAnswer,
  TopAnswer,
  ViewAnswer,
  ViewList,
  ViewRequest,
  ViewStore,
  ViewsOf,
  ViewWrites,
} from "../../src/ports/viewStore.js"
import { assertSwap } from "../../src/projections/checkpointText.js"
import { assertScores } from "../../src/projections/scores.js"
import { ViewData } from "./viewData.js"

/** What goes wrong between a process and the server. */
export interface FakeViewFaults {
  /** Minimum and maximum travel time of a request, and of its answer. */
  readonly latencyMs: readonly [number, number]
  /** The share of calls that never arrive. Their callers get an error soon. */
  readonly lost: number
  /** The share of calls that are done but whose answers never arrive. Their callers get an error soon. */
  readonly replyLost: number
}

const NO_FAULTS: FakeViewFaults = { latencyMs: [0, 0], lost: 0, replyLost: 0 }

/** How long a caller waits for an answer. Its call may still be done later. */
export const FAKE_ANSWER_WAIT_MS = 2000

export interface FakeViewServerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly faults?: Partial<FakeViewFaults>
  /**
   * Deliberately wrong, to show that the tests notice: documents, keys and checkpoint of one answer are read at different
   * moments.
   */
  readonly tornReads?: boolean
  /** Sees every swap that is won, for a checker. */
  readonly onWon?: (to: Checkpoint) => void
}

/** All views, as a server holds them in the simulation. */
export class FakeViewServer {
  /** The share of its memory in use. From 1 on, swaps are refused. */
  share = 0
  faults: FakeViewFaults
  readonly clock: Clock
  readonly tornReads: boolean
  readonly onWon: (to: Checkpoint) => void
  readonly #random: Random
  readonly #cut = new Set<string>()
  #realms = new Map<number, ViewData>()
  /** Calls that arrived while it was paused; null while it runs. */
  #arrived: (() => void)[] | null = null

  constructor({ clock, random, faults, tornReads = false, onWon = () => {} }: FakeViewServerOptions) {
    this.clock = clock
    this.tornReads = tornReads
    this.onWon = onWon
    this.#random = random
    this.faults = { ...NO_FAULTS, ...faults }
  }

  /** A connection of a process; `name` is for `cut` and `heal`. */
  connect(name: string, realm = 0): ViewStore {
    return new FakeViewStore(this, name, realm)
  }

  data(realm: number): ViewData {
    const data = this.#realms.get(realm) ?? new ViewData()
    this.#realms.set(realm, data)
    return data
  }

  /** Stands still: calls arrive and wait, and are done on `resume`, even those whose callers gave up. */
  pause(): void {
    this.#arrived ??= []
  }

  resume(): void {
    const arrived = this.#arrived ?? []
    this.#arrived = null
    for (const call of arrived) call()
  }

  /** From now on this process's calls fail at once, and those in flight are lost. */
  cut(name: string): void {
    this.#cut.add(name)
  }

  heal(name: string): void {
    this.#cut.delete(name)
  }

  /** Loses everything, as by FLUSHALL or a restart without a disk. */
  empty(): void {
    this.#realms.clear()
  }

  /** What it holds now, for `restore`. */
  snapshot(): ReadonlyMap<number, ViewData> {
    return new Map([...this.#realms].map(([realm, data]) => [realm, data.clone()]))
  }

  /** Rolls back, as by a failover to a replica that was behind. */
  restore(snapshot: ReadonlyMap<number, ViewData>): void {
    this.#realms = new Map([...snapshot].map(([realm, data]) => [realm, data.clone()]))
  }

  isCut(name: string): boolean {
    return this.#cut.has(name)
  }

  happens(share: number): boolean {
    return share > 0 && this.#random() < share
  }

  /** Calls after a one-way network latency. */
  travel(call: () => void): void {
    const [least, most] = this.faults.latencyMs
    if (most === 0) this.clock.soon(call)
    else this.clock.after(least + Math.floor(this.#random() * (most - least + 1)), call)
  }

  /** Calls now, or when the server goes on. */
  arrive(call: () => void): void {
    if (this.#arrived === null) call()
    else this.#arrived.push(call)
  }
}

class FakeViewStore implements ViewStore {
  readonly #server: FakeViewServer
  readonly #name: string
  readonly #realm: number
  #closed = false

  constructor(server: FakeViewServer, name: string, realm: number) {
    this.#server = server
    this.#name = name
    this.#realm = realm
  }

  read(of: ViewsOf, request: ViewRequest): Promise<ViewAnswer> {
    if (this.#server.tornReads) return this.#tornRead(of, request)
    return this.#call(data => data.read(of, request))
  }

  list(foldVersion: number, list: ViewList, after: string | null, limit: number): Promise<ListAnswer> {
    return this.#call(data => data.list(foldVersion, list, after, limit))
  }

  top(foldVersion: number, board: Board, limit: number): Promise<TopAnswer> {
    return this.#call(data => data.top(foldVersion, board, limit))
  }

  async swap(
    from: Checkpoint | null,
    to: Checkpoint,
    writes: ViewWrites,
    replaces: string | null = null,
  ): Promise<boolean> {
    assertSwap(this.#realm, from, to, replaces)
    assertScores(writes)
    return this.#call(data => {
      if (this.#server.share >= 1) throw unavailable("the store is full")
      const won = data.swap(from, to, writes, replaces)
      if (won) this.#server.onWon(to)
      return won
    })
  }

  usedShare(): Promise<number> {
    return this.#call(() => this.#server.share)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  async #tornRead(of: ViewsOf, { documents, keys }: ViewRequest): Promise<ViewAnswer> {
    const first = await this.#call(data => data.read(of, { documents, keys: [] }))
    const second = await this.#call(data => data.read(of, { documents: [], keys }))
    const checkpoint = await this.#call(data => data.checkpoint(of))
    return { checkpoint, documents: first.documents, keys: second.keys }
  }

  #call<T>(work: (data: ViewData) => T): Promise<T> {
    const server = this.#server
    if (this.#closed) return Promise.reject(unavailable("the store is closed"))
    if (server.isCut(this.#name)) return Promise.reject(unavailable("unreachable"))
    return new Promise((resolve, reject) => {
      const late = () => reject(unavailable(`no answer within ${FAKE_ANSWER_WAIT_MS} ms`))
      const giveUp = server.clock.after(FAKE_ANSWER_WAIT_MS, late)
      const settle = (act: () => void) => {
        giveUp()
        act()
      }
      const execute = () => {
        const outcome = attempt(() => work(server.data(this.#realm)))
        server.travel(() => {
          const lost = server.isCut(this.#name) || server.happens(server.faults.replyLost)
          if (lost) settle(() => reject(unavailable("the connection was closed before the answer came")))
          else if (outcome.ok) settle(() => resolve(outcome.value))
          else settle(() => reject(outcome.error))
        })
      }
      server.travel(() => {
        const lost = server.isCut(this.#name) || server.happens(server.faults.lost)
        if (lost) settle(() => reject(unavailable("the connection was closed")))
        else server.arrive(execute)
      })
    })
  }
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    return { ok: false, error }
  }
}

function unavailable(reason: string): Fault {
  return new Fault("VIEWS_UNAVAILABLE", `fake view store: ${reason}`)
}
