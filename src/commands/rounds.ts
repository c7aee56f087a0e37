import type { Refusal } from "../domain/refusals.js"
import type { Clock } from "../lib/clock.js"
import type { PlacedCommand } from "../log/effect.js"
import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Tail } from "../tail/tail.js"
import { isBehind } from "./admission.js"
import { Barrier } from "./barrier.js"
import { Candidates } from "./candidates.js"
import { hasExpired } from "./expiry.js"
import { type Group, Groups } from "./groups.js"
import { findKnown } from "./keys.js"
import { asOfNow, isFree, type Lane } from "./lane.js"
import type { Lanes } from "./lanes.js"
import { type Pending, placedEvents } from "./pending.js"
import type { CommandStats } from "./stats.js"

/** At most this many commands leave their queues in one turn, so that nothing else waits for long. */
const ROUND_MAX = 2000

export interface RoundsOptions {
  readonly log: Log
  readonly tail: Tail
  readonly clock: Clock
  readonly lanes: Lanes
  readonly stats: CommandStats
  /** How long keys are kept, in milliseconds of key time. */
  readonly keyRetention: () => number
  /** How many commands have arrived by now. */
  readonly arrived: () => number
  /** The key of a command must be looked up again. */
  readonly lookUp: (pending: Pending) => void
  /** Groups that are decided: each becomes a commit. */
  readonly depart: (groups: Iterable<Group>) => void
}

/**
 * Decides what is ready: at the head of the queues of all its aggregates, loaded, its aggregates free. One round per
 * turn, in order of arrival (R18).
 */
export class Rounds {
  readonly #options: RoundsOptions
  readonly #barrier: Barrier
  /** Lanes whose head may be ready. */
  readonly #dirty = new Set<Lane>()
  /** Commands that wait for the tail to reach a barrier. */
  readonly #barred = new Set<Pending>()
  #soon = false

  constructor(options: RoundsOptions) {
    this.#options = options
    this.#barrier = new Barrier(options.log, options.clock, head => this.#barrierAnswered(head))
  }

  /** Commands that wait for a barrier. */
  get barred(): number {
    return this.#barred.size
  }

  /** The heads of these lanes may be ready: a round comes soon. */
  touch(lanes: Iterable<Lane>): void {
    for (const lane of lanes) this.#dirty.add(lane)
    if (this.#soon || this.#dirty.size === 0) return
    this.#soon = true
    this.#options.clock.soon(() => this.#round())
  }

  /** The tail has moved. */
  tailMoved(): void {
    const { tail, lanes } = this.#options
    for (const pending of this.#barred) {
      if (pending.barrier === null || pending.barrier > tail.position) continue
      this.#barred.delete(pending)
      this.touch(lanes.of(pending))
    }
    this.touch([])
  }

  /** A command was answered: who waits behind it may be ready now. */
  answered(pending: Pending): void {
    this.#barred.delete(pending)
    this.touch(this.#options.lanes.of(pending))
  }

  close(): void {
    this.#barrier.close()
  }

  #round(): void {
    this.#soon = false
    // It would send what expires on the way. The tail's next step calls again (R25).
    if (isBehind(this.#options.tail)) return
    const candidates = new Candidates()
    for (const lane of this.#dirty) candidates.addHead(lane)
    this.#dirty.clear()
    const groups = new Groups()
    let left = ROUND_MAX
    // Asked first: what `next` gives has left the candidates, and must be looked at.
    while (left > 0) {
      const pending = candidates.next()
      if (pending === null) break
      const lanes = this.#options.lanes.of(pending)
      if (!pending.done && !this.#leavesQueues(pending, lanes, groups)) continue
      for (const lane of lanes) candidates.addHead(lane)
      left -= 1
    }
    this.#options.depart(groups.all())
    this.touch(candidates.rest())
  }

  /** True when the command has left the head of its queues: it is done, or in a group of this round. */
  #leavesQueues(pending: Pending, lanes: readonly Lane[], groups: Groups): boolean {
    if (!this.#isReady(pending, lanes)) return false
    const { tail, keyRetention, lookUp } = this.#options
    if (hasExpired(pending.arrivalKeyTime, tail.keyTime, keyRetention())) {
      return this.#fail(
        pending,
        new Fault("REQUEST_EXPIRED", "the request waited too long: read the player first"),
      )
    }
    if (!groups.admit(pending, lanes)) return false
    const known = findKnown(pending, tail.buffer)
    if (known === "unsure") {
      lookUp(pending)
      return false
    }
    if (known !== null) return this.#answerKnown(pending, known, lanes)
    return this.#decide(pending, lanes, groups)
  }

  #isReady(pending: Pending, lanes: readonly Lane[]): boolean {
    const now = this.#options.clock.now()
    const atHead = lanes.every(lane => lane.head() === pending)
    const free = lanes.every(isFree)
    // Past its deadline the sweep ends it.
    return pending.loaded && atHead && free && now < pending.deadline
  }

  #decide(pending: Pending, lanes: readonly Lane[], groups: Groups): boolean {
    const frozen = lanes.find(({ document }) => document?.frozen !== undefined)?.document?.frozen
    if (frozen !== undefined) {
      return this.#fail(
        pending,
        new Fault(frozen.code, `frozen at offset ${frozen.offset}: ${frozen.reason}`),
      )
    }
    const decision = groups.decide(pending, lanes)
    if ("refusal" in decision) {
      // Where it rests on commands of this round that may yet lose, it is decided again after their verdict.
      return !groups.hold(lanes) && this.#refuse(pending, decision.refusal, lanes)
    }
    groups.join(pending, decision.events, lanes)
    for (const lane of lanes) lane.take()
    return true
  }

  /** Answers a refusal once the tail has reached a head that was asked for after the command came (R23). */
  #refuse(pending: Pending, refusal: Refusal, lanes: readonly Lane[]): boolean {
    const { tail, stats, arrived } = this.#options
    pending.barrier ??= this.#barrier.holdsFor(pending.seq, arrived())
    if (pending.barrier === null || pending.barrier > tail.position) {
      if (!pending.barred) stats.barrierWaits += 1
      pending.barred = true
      this.#barred.add(pending)
      return false
    }
    // A commit with it that is still on its way may yet happen. Its verdict looks here again.
    if (pending.unknown.size > 0) return false
    pending.finish({ events: [], refusal, replayed: false, position: tail.position, ...asOfNow(lanes) })
    return true
  }

  #answerKnown(pending: Pending, known: PlacedCommand, lanes: readonly Lane[]): boolean {
    if (known.digest !== pending.command.digest) {
      const message = `key ${pending.command.key} was used for another request of this player`
      return this.#fail(pending, new Fault("IDEMPOTENCY_KEY_REUSED", message))
    }
    const events = placedEvents(known)
    const position = known.offset + 1
    pending.finish({ events, refusal: null, replayed: true, position, ...asOfNow(lanes) })
    return true
  }

  #fail(pending: Pending, fault: Fault): true {
    pending.fail(fault)
    return true
  }

  #barrierAnswered(head: number): void {
    const { tail, lanes, stats } = this.#options
    stats.barriers += 1
    tail.told(head)
    for (const pending of this.#barred) {
      if (pending.barrier !== null && !pending.done) continue
      this.#barred.delete(pending)
      this.touch(lanes.of(pending))
    }
  }
}
