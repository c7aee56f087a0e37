import type { Clock, Random } from "../lib/clock.js"
import { Fifo } from "../lib/fifo.js"
import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { StateReader } from "../projections/stateReader.js"
import type { Tail } from "../tail/tail.js"
import { admission } from "./admission.js"
import type { AggregateQueue } from "./aggregateQueue.js"
import { AggregateQueues } from "./aggregateQueues.js"
import { Answers } from "./answers.js"
import { InFlightCommits } from "./inFlightCommits.js"
import { needsLookup } from "./keys.js"
import { type CommandResult, type KeyAnswer, PendingCommand } from "./pendingCommand.js"
import { type CommandRequest, checkRequest } from "./request.js"
import { Scheduler } from "./scheduler.js"
import { CommandStats } from "./stats.js"

/** How often deadlines and overdue verdicts are checked. */
const SWEEP_MS = 20

export interface CommandsOptions {
  readonly log: Log
  readonly tail: Tail
  readonly stateReader: StateReader
  readonly clock: Clock
  readonly random: Random
  /** Makes random ids, for commits and for the keys that clients leave out. */
  readonly newId: () => string
  readonly deadlineMs: number
  /** In milliseconds; used until the views' checkpoint has been read, which carries the one in force. */
  readonly keyRetention: number
  /** How many aggregates are kept warm; default `WARM_MAX`. */
  readonly warmMax?: number
  /** A reason from outside to accept no new work at the moment (the store is full), or null. */
  readonly refuseWork?: () => Fault | null
}

/**
 * The path of a mutation (R16 to R26). A command waits in the queues of all its aggregates, in order of
 * arrival. The scheduler decides what is ready, in rounds. Commits are sent in groups. The tail brings their
 * verdicts, and the commands of a commit that lost are decided again.
 */
export class Commands {
  readonly answers = new Answers()
  readonly stats = new CommandStats()
  readonly #options: CommandsOptions
  readonly #queues: AggregateQueues
  readonly #scheduler: Scheduler
  readonly #inFlight: InFlightCommits
  readonly #byDeadline = new Fifo<PendingCommand>()
  readonly #stopListening: () => void
  #cancelSweep: () => void = () => {}
  #arrived = 0
  #open = 0
  #stopping = false

  constructor(options: CommandsOptions) {
    this.#options = options
    this.#queues = new AggregateQueues(options.warmMax)
    const shared = { ...options, queues: this.#queues, stats: this.stats }
    this.#scheduler = new Scheduler({
      ...shared,
      keyRetention: () => options.stateReader.checkpoint?.keyRetention ?? options.keyRetention,
      arrived: () => this.#arrived,
      lookUp: pending => this.#lookUp(pending),
      send: groups => this.#inFlight.send(groups),
    })
    this.#inFlight = new InFlightCommits({ ...shared, touch: queues => this.#scheduler.touch(queues) })
    this.#stopListening = options.tail.listen({
      judged: record => this.#inFlight.judged(record),
      batchEnd: () => this.#tailMoved(),
    })
    this.#sweepLater()
  }

  /** How many commands are not answered yet. */
  get open(): number {
    return this.#open
  }

  /** How many of them are in a commit whose verdict has not been read. */
  inFlight(): number {
    return this.#inFlight.commands()
  }

  /** How many of them wait for a barrier. */
  get waitingForBarrier(): number {
    return this.#scheduler.waitingForBarrier
  }

  /** How many commits have a verdict that has not been read. */
  get commitsInFlight(): number {
    return this.#inFlight.count
  }

  /**
   * Executes a command. It is done, replayed or refused; anything else throws a Fault (`docs/errors.md`).
   * Idempotent: with the same key it may be repeated for half of KEY_RETENTION, through any process.
   */
  async execute(request: CommandRequest): Promise<CommandResult> {
    const { clock } = this.#options
    const arrivedAt = clock.now()
    let pending: PendingCommand | null = null
    try {
      pending = this.#accept(request, arrivedAt)
      const outcome = await pending.result
      this.answers.done(request.name, outcome, clock.now() - arrivedAt)
      return outcome
    } catch (error) {
      this.answers.failed(request.name, error, clock.now() - arrivedAt)
      throw error
    } finally {
      if (pending !== null) this.#answered(pending)
    }
  }

  #accept(request: CommandRequest, arrivedAt: number): PendingCommand {
    const { tail, newId, deadlineMs } = this.#options
    const command = checkRequest(request, newId)
    const problem = this.#refusesWork()
    if (problem !== null) throw problem
    const deadline = arrivedAt + deadlineMs
    const pending = new PendingCommand(command, {
      seq: this.#arrived,
      deadline,
      arrivalKeyTime: tail.keyTime,
    })
    this.#arrived += 1
    this.#open += 1
    this.#byDeadline.push(pending)
    for (const aggregate of command.aggregates) this.#queues.get(aggregate).enqueue(pending)
    this.#load(pending)
    return pending
  }

  #answered(pending: PendingCommand): void {
    this.#open -= 1
    this.#scheduler.answered(pending)
  }

  /** Accepts no new work, waits for the open commands (their deadlines bound that), then stops. */
  async stop(): Promise<void> {
    this.#stopping = true
    while (this.#open > 0)
      await new Promise<void>(resolve => void this.#options.clock.after(SWEEP_MS, resolve))
    await this.#inFlight.idle()
    this.#scheduler.close()
    this.#cancelSweep()
    this.#stopListening()
  }

  #refusesWork(): Fault | null {
    if (this.#stopping) return new Fault("SHUTTING_DOWN", "this process is shutting down")
    const { tail, stateReader, refuseWork } = this.#options
    return refuseWork?.() ?? admission(tail, stateReader.checkpoint, this.#open)
  }

  #load(pending: PendingCommand): void {
    const queues = this.#queues.of(pending)
    const cold = queues.filter(({ document }) => document === null)
    if (cold.length > 0 || needsLookup(pending.command)) {
      void this.#read(pending, cold)
      return
    }
    this.#loaded(pending, { checkpoint: this.#options.tail.position, known: null })
  }

  #lookUp(pending: PendingCommand): void {
    pending.reload()
    void this.#read(pending, [])
  }

  /** Reads the command's key, and its aggregates where they are cold, in one atomic answer (R19). */
  async #read(pending: PendingCommand, cold: readonly AggregateQueue[]): Promise<void> {
    const { command, deadline } = pending
    const aggregates = cold.map(({ aggregate }) => aggregate)
    try {
      const view = await this.#options.stateReader.read({ aggregates, keys: [command.id] }, deadline)
      for (const queue of cold) queue.document ??= view.document(queue.aggregate)
      this.#loaded(pending, { checkpoint: view.checkpoint.offset, known: view.key(command.id) })
    } catch (error) {
      this.#fail(pending, asFault(error))
    }
  }

  /** Unless it was answered while it was read: at its deadline, or by the verdict of an older commit. */
  #loaded(pending: PendingCommand, key: KeyAnswer): void {
    if (!pending.done) pending.loaded(key)
    this.#scheduler.touch(this.#queues.of(pending))
  }

  #tailMoved(): void {
    const { fault } = this.#options.tail
    if (fault === null) {
      this.#scheduler.tailMoved()
      return
    }
    for (const pending of this.#byDeadline.from(0)) {
      this.#fail(pending, fault)
    }
  }

  #fail(pending: PendingCommand, fault: Fault): void {
    if (!pending.done) pending.fail(fault)
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#options.clock.after(SWEEP_MS, () => {
      this.#sweep()
      this.#sweepLater()
    })
  }

  #sweep(): void {
    const now = this.#options.clock.now()
    for (let first = this.#byDeadline.at(0); first !== undefined; first = this.#byDeadline.at(0)) {
      if (!first.done && first.deadline > now) break
      this.#byDeadline.shift()
      if (!first.done) first.failLate()
    }
    this.#inFlight.sweep()
    this.#queues.evict()
  }
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  return new Fault("VIEWS_UNAVAILABLE", `reading the views failed: ${String(error)}`, { cause: error })
}
