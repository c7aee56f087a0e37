import { type Aggregate, playerAggregate } from "../domain/aggregates.js"
import type { Clock } from "../lib/clock.js"
import { sleep } from "../lib/sleep.js"
import type { PlacedCommand } from "../log/effect.js"
import { Fault, isFault } from "../ports/faults.js"
import type { Board, Checkpoint, Score, ViewAnswer, ViewList, ViewStore } from "../ports/viewStore.js"
import type { Tail } from "../tail/tail.js"
import { Coalescer } from "./coalescer.js"
import { covered, unusable, waitsForTail } from "./coverage.js"
import { type Document, foldDocument, NO_DOCUMENT, parseDocument } from "./document.js"
import { FOLD_VERSION } from "./foldVersion.js"
import { decodeKeyEntry } from "./keyEntry.js"
import { foldPurchases, NO_PURCHASES, type Purchases, purchasesName } from "./purchases.js"

/** How long to wait before asking again when the store is unreachable, or behind the buffer. */
const RETRY_MS = 50

/** How long `refresh` waits for the tail. A tail that keeps up gets there much sooner. */
const REFRESH_WAIT_MS = 500

const MS_PER_SECOND = 1000

export interface StateRequest {
  readonly aggregates?: readonly Aggregate[]
  /** Player ids. */
  readonly purchases?: readonly string[]
  /** Command ids. */
  readonly keys?: readonly string[]
}

/** Reads the view store as of this process's tail (R19, R20, R26): the store's document plus the buffer's records. */
export class StateReader {
  readonly #store: ViewStore
  readonly #tail: Tail
  readonly #clock: Clock
  readonly #coalescer: Coalescer
  #checkpoint: Checkpoint | null = null

  constructor(store: ViewStore, tail: Tail, clock: Clock) {
    this.#store = store
    this.#tail = tail
    this.#clock = clock
    this.#coalescer = new Coalescer(store, clock)
  }

  /** How long calls to the store took. */
  get calls(): Coalescer["calls"] {
    return this.#coalescer.calls
  }

  /** The newest checkpoint seen. */
  get checkpoint(): Checkpoint | null {
    return this.#checkpoint
  }

  /**
   * The age in seconds of the oldest record that the views do not have; 0 when they have all. A lower bound when even the
   * buffer does not reach back to that record.
   */
  get lagSeconds(): number {
    const { buffer, position } = this.#tail
    const next = this.#checkpoint?.offset ?? 0
    if (next >= position) return 0
    const oldest = buffer.record(Math.max(next, buffer.from))
    return oldest === undefined ? 0 : Math.max(0, this.#clock.now() - oldest.at) / MS_PER_SECOND
  }

  /**
   * One atomic answer, usable as of the tail. Retries until the deadline (milliseconds since 1970) while the store is
   * unreachable or behind. Throws VIEWS_UNAVAILABLE, VIEWS_BEHIND, NEEDS_NEWER_BUILD, LOG_TRUNCATED, SHUTTING_DOWN.
   */
  async read(request: StateRequest, deadline: number): Promise<StateAnswer> {
    const documents = [
      ...(request.aggregates ?? []),
      ...(request.purchases ?? []).map(player => purchasesName(player)),
    ]
    const keys = request.keys ?? []
    for (;;) {
      const problem = await this.#attempt(documents, keys, deadline)
      if (problem instanceof StateAnswer) return problem
      const retry = problem.code === "VIEWS_UNAVAILABLE" || problem.code === "VIEWS_BEHIND"
      if (!retry || this.#clock.now() + RETRY_MS >= deadline) throw problem
      await sleep(this.#clock, RETRY_MS)
    }
  }

  /** Reads once how far the views are; waits briefly for the tail if they are ahead. Throws what `read` throws. */
  async refresh(): Promise<void> {
    const outcome = await this.#attempt([], [], this.#clock.now() + REFRESH_WAIT_MS)
    if (outcome instanceof Fault) throw outcome
  }

  /** Ids of a list, as of the views' checkpoint. Throws VIEWS_UNAVAILABLE, NEEDS_NEWER_BUILD, LOG_TRUNCATED. */
  async list(list: ViewList, after: string | null, limit: number): Promise<readonly string[]> {
    const { checkpoint, ids } = await this.#store.list(FOLD_VERSION, list, after, limit)
    this.#asOf(checkpoint)
    return ids
  }

  /** The best of a board, in its order, as of the views' checkpoint. Throws what `list` throws. */
  async top(board: Board, limit: number): Promise<readonly Score[]> {
    const { checkpoint, scores } = await this.#store.top(FOLD_VERSION, board, limit)
    this.#asOf(checkpoint)
    return scores
  }

  /** An answer as of the checkpoint itself needs nothing from the tail, but it needs views of this log. */
  #asOf(checkpoint: Checkpoint | null): void {
    if (checkpoint === null) throw noViews()
    const problem = unusable(checkpoint, this.#tail)
    if (problem !== null && problem.code !== "VIEWS_BEHIND") throw problem
    this.#saw(checkpoint)
  }

  async #attempt(
    documents: readonly string[],
    keys: readonly string[],
    deadline: number,
  ): Promise<StateAnswer | Fault> {
    if (this.#tail.fault !== null) return this.#tail.fault
    let answer: ViewAnswer
    try {
      answer = await this.#coalescer.read(documents, keys)
    } catch (error) {
      if (isFault(error)) return error
      throw error
    }
    const { checkpoint } = answer
    if (checkpoint === null) return noViews()
    if (waitsForTail(checkpoint, this.#tail)) {
      await this.#tail.reachedBy(checkpoint.offset, this.#clock, deadline, "the views are at")
    }
    const problem = unusable(checkpoint, this.#tail)
    if (problem?.code === "LOG_TRUNCATED") this.#tail.fail(problem)
    if (problem !== null) return problem
    this.#saw(checkpoint)
    return new StateAnswer(
      this.#tail,
      checkpoint,
      byName(documents, answer.documents),
      byName(keys, answer.keys),
    )
  }

  #saw(checkpoint: Checkpoint): void {
    if (checkpoint.offset >= (this.#checkpoint?.offset ?? 0)) this.#checkpoint = checkpoint
  }
}

/** An answer of the view store, brought up to the tail's position at the moment of each call. */
export class StateAnswer {
  readonly checkpoint: Checkpoint
  readonly #tail: Tail
  readonly #documents: ReadonlyMap<string, string | null>
  readonly #keys: ReadonlyMap<string, string | null>

  constructor(
    tail: Tail,
    checkpoint: Checkpoint,
    documents: ReadonlyMap<string, string | null>,
    keys: ReadonlyMap<string, string | null>,
  ) {
    this.#tail = tail
    this.checkpoint = checkpoint
    this.#documents = documents
    this.#keys = keys
  }

  /** Throws VIEWS_BEHIND when the buffer no longer reaches back to the answer's checkpoint. */
  document(aggregate: Aggregate): Document {
    let document = parseDocument(this.#documents.get(aggregate), NO_DOCUMENT)
    for (const judged of this.#since(aggregate)) document = foldDocument(aggregate, document, judged)
    return document
  }

  purchases(player: string): Purchases {
    let purchases = parseDocument(this.#documents.get(purchasesName(player)), NO_PURCHASES)
    for (const judged of this.#since(playerAggregate(player)))
      purchases = foldPurchases(player, purchases, judged)
    return purchases
  }

  /** The command with this id as the store knows it, or null. */
  key(id: string): PlacedCommand | null {
    const text = this.#keys.get(id)
    return text === undefined || text === null ? null : decodeKeyEntry(id, text)
  }

  #since(aggregate: Aggregate) {
    const problem = covered(this.checkpoint.offset, this.#tail)
    if (problem !== null) throw problem
    return this.#tail.buffer.about(aggregate, this.checkpoint.offset)
  }
}

function byName(names: readonly string[], texts: readonly (string | null)[]): Map<string, string | null> {
  return new Map(names.map((name, i) => [name, texts[i] ?? null]))
}

function noViews(): Fault {
  return new Fault(
    "VIEWS_UNAVAILABLE",
    `there are no views of fold version ${FOLD_VERSION} yet: is a projector running?`,
  )
}
