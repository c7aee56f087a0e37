import type { Refusal } from "../domain/refusals.js"
import type { PlacedCommand } from "../log/effect.js"
import { Fault, type FaultCode } from "../ports/faults.js"
import type { StateReader } from "../projections/stateReader.js"
import { isBehind } from "./admission.js"
import { type AggregateQueue, asOfNow } from "./aggregateQueue.js"
import { Barrier } from "./barrier.js"
import type { CommandLoader } from "./commandLoader.js"
import { CommandGroups } from "./groups.js"
import type { InFlightCommits } from "./inFlightCommits.js"
import type { CommandParts } from "./parts.js"
import { type PendingCommand, recordedEvents } from "./pendingCommand.js"
import { ReadyQueue } from "./readyQueue.js"

/** At most this many commands leave their queues in one round: the event loop's other work never waits long. */
const ROUND_MAX = 2000

export interface SchedulerOptions extends Omit<CommandParts, "random" | "newId" | "stateReader"> {
  /** Its checkpoint carries how long keys are kept. */
  readonly stateReader: Pick<StateReader, "checkpoint">
  readonly loader: Pick<CommandLoader, "load" | "lookUp">
  /** Where the decided groups go; each becomes one commit. */
  readonly commits: Pick<InFlightCommits, "send">
}

/**
 * Decides the commands that are ready: loaded, at the head of the queues of all their aggregates, and these
 * free. A round decides all that is ready, in order of arrival, within one turn of the event loop (R18).
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #barrier: Barrier
  /** Queues whose head may be ready. */
  readonly #dirty = new Set<AggregateQueue>()
  /** Commands that wait for the tail to reach a barrier. */
  readonly #atBarrier = new Set<PendingCommand>()
  #roundDue = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#barrier = new Barrier(options.log, options.clock, head => this.#barrierAnswered(head))
  }

  /** How many commands wait for a barrier. */
  get waitingForBarrier(): number {
    return this.#atBarrier.size
  }

  /** A command has arrived. */
  arrived(pending: PendingCommand): void {
    const { queues, loader } = this.#options
    queues.enqueue(pending)
    const reading = loader.load(pending)
    if (reading === null) this.touch(queues.of(pending))
    else void this.#touchAfter(reading, pending)
  }

  /** The heads of these queues may be ready: a round follows soon. */
  touch(queues: Iterable<AggregateQueue>): void {
    for (const queue of queues) this.#dirty.add(queue)
    if (this.#roundDue || this.#dirty.size === 0) return
    this.#roundDue = true
    this.#options.clock.soon(() => this.#runRound())
  }

  /** The tail has moved. */
  tailMoved(): void {
    for (const pending of this.#atBarrier) this.#passBarrier(pending)
    this.touch([])
  }

  /** A command was answered: those behind it in its queues may be ready now. */
  answered(pending: PendingCommand): void {
    this.#atBarrier.delete(pending)
    this.touch(this.#options.queues.of(pending))
  }

  close(): void {
    this.#barrier.close()
  }

  get #keyRetention(): number {
    const { stateReader, keyRetention } = this.#options
    return stateReader.checkpoint?.keyRetention ?? keyRetention
  }

  async #touchAfter(reading: Promise<void>, pending: PendingCommand): Promise<void> {
    await reading
    this.touch(this.#options.queues.of(pending))
  }

  #runRound(): void {
    this.#roundDue = false
    // What it sent now might expire on the way. The tail calls again when it has moved (R25).
    if (isBehind(this.#options.tail)) return
    const ready = new ReadyQueue()
    for (const queue of this.#dirty) ready.addHead(queue)
    this.#dirty.clear()
    const groups = new CommandGroups()
    let left = ROUND_MAX
    // The bound is checked first: what `next` returns has left the ready queue and must be handled.
    while (left > 0) {
      const pending = ready.next()
      if (pending === null) break
      const queues = this.#options.queues.of(pending)
      if (!pending.done && !this.#tryDecide(pending, queues, groups)) continue
      for (const queue of queues) ready.addHead(queue)
      left -= 1
    }
    this.#options.commits.send(groups.all())
    this.touch(ready.rest())
  }

  /** True if the command has left the head of its queues: it is done, or in a group of this round. */
  #tryDecide(pending: PendingCommand, queues: readonly AggregateQueue[], groups: CommandGroups): boolean {
    if (!this.#isReady(pending, queues)) return false
    const { rules, tail, loader } = this.#options
    if (rules.hasExpired(pending.arrivalKeyTime, tail.keyTime, this.#keyRetention)) {
      return fail(pending, "REQUEST_EXPIRED", "the request waited too long: read the player first")
    }
    if (!groups.admit(pending, queues)) return false
    const known = rules.findKnown(pending, tail.buffer)
    if (known === "unsure") {
      this.#atBarrier.delete(pending)
      void this.#touchAfter(loader.lookUp(pending), pending)
      return false
    }
    if (known !== null) return this.#answerKnown(pending, known, queues)
    return this.#decide(pending, queues, groups)
  }

  #isReady(pending: PendingCommand, queues: readonly AggregateQueue[]): boolean {
    const { rules, clock } = this.#options
    const now = clock.now()
    const atHead = queues.every(queue => queue.head() === pending)
    const free = queues.every(rules.isFree)
    // Past its deadline, the sweep ends it.
    return pending.decidable && atHead && free && now < pending.deadline
  }

  #decide(pending: PendingCommand, queues: readonly AggregateQueue[], groups: CommandGroups): boolean {
    const frozen = queues.find(({ document }) => document?.frozen !== undefined)?.document?.frozen
    if (frozen !== undefined) {
      return fail(pending, frozen.code, `frozen at offset ${frozen.offset}: ${frozen.reason}`)
    }
    const decision = groups.decide(pending, queues)
    if ("refusal" in decision) {
      // A refusal may rest on commands of this round, which may yet lose: it is decided again after their
      // verdict.
      return !groups.share(queues) && this.#refuse(pending, decision.refusal, queues)
    }
    groups.join(pending, decision.events, queues)
    this.#atBarrier.delete(pending)
    for (const queue of queues) queue.take()
    return true
  }

  /**
   * Answers a refusal once the tail has reached a head that was asked for after the command arrived (R23).
   */
  #refuse(pending: PendingCommand, refusal: Refusal, queues: readonly AggregateQueue[]): boolean {
    const { rules, tail, stats, queues: all } = this.#options
    if (pending.barrier === null) pending.setBarrier(this.#barrier.holdsFor(pending.seq, all.arrived))
    if (!rules.hasReached(pending.barrier, tail.position)) {
      if (pending.atBarrier) return false
      stats.barrierWaits += 1
      pending.awaitBarrier()
      this.#atBarrier.add(pending)
      return false
    }
    // A commit with this command is still in flight and may yet be effective. Its verdict starts another
    // round.
    if (pending.undecidedCommits.size > 0) return false
    pending.finish({ events: [], refusal, replayed: false, position: tail.position, ...asOfNow(queues) })
    return true
  }

  #answerKnown(pending: PendingCommand, known: PlacedCommand, queues: readonly AggregateQueue[]): boolean {
    if (known.digest !== pending.command.digest) {
      const message = `key ${pending.command.key} was used for another request of this player`
      return fail(pending, "IDEMPOTENCY_KEY_REUSED", message)
    }
    const events = recordedEvents(known)
    const position = known.offset + 1
    pending.finish({ events, refusal: null, replayed: true, position, ...asOfNow(queues) })
    return true
  }

  #barrierAnswered(head: number): void {
    const { tail, stats, queues } = this.#options
    stats.barriers += 1
    tail.noteHead(head)
    for (const pending of this.#atBarrier) {
      if (pending.barrier === null) pending.setBarrier(this.#barrier.holdsFor(pending.seq, queues.arrived))
      this.#passBarrier(pending)
    }
  }

  /** A command whose barrier the tail has reached is decided again. */
  #passBarrier(pending: PendingCommand): void {
    const { rules, tail, queues } = this.#options
    if (pending.done || !rules.hasReached(pending.barrier, tail.position)) return
    this.#atBarrier.delete(pending)
    pending.passBarrier()
    this.touch(queues.of(pending))
  }
}

function fail(pending: PendingCommand, code: FaultCode, message: string): true {
  pending.fail(new Fault(code, message))
  return true
}
