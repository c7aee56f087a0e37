import { Fifo } from "../lib/fifo.js"
import { sleep } from "../lib/sleep.js"
import { type Fault, shuttingDown } from "../ports/faults.js"
import { admission } from "./admission.js"
import { AggregateQueues } from "./aggregateQueues.js"
import { Answers } from "./answers.js"
import { CommandLoader } from "./commandLoader.js"
import { InFlightCommits } from "./inFlightCommits.js"
import type { CommandParts } from "./parts.js"
import { type CommandResult, PendingCommand } from "./pendingCommand.js"
import { type CommandRequest, checkRequest } from "./request.js"
import { RULES, type Rules } from "./rules.js"
import { Scheduler } from "./scheduler.js"
import { CommandStats } from "./stats.js"

/** How often deadlines and overdue verdicts are checked. */
const SWEEP_MS = 20

export interface CommandsOptions extends Omit<CommandParts, "queues" | "stats" | "rules"> {
  readonly deadlineMs: number
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
  readonly #commits: InFlightCommits
  readonly #byDeadline = new Fifo<PendingCommand>()
  #stopListening: () => void = () => {}
  #cancelSweep: () => void = () => {}
  #open = 0
  #stopping = false

  /** Only the simulation passes other rules, to show what these prevent. */
  constructor(options: CommandsOptions, rules: Rules = RULES) {
    this.#options = options
    this.#queues = new AggregateQueues(options.warmMax)
    const parts = { ...options, queues: this.#queues, stats: this.stats, rules }
    this.#commits = new InFlightCommits(parts, { freed: queues => this.#scheduler.touch(queues) })
    const loader = new CommandLoader(parts)
    this.#scheduler = new Scheduler({ ...parts, loader, commits: this.#commits })
  }

  start(): void {
    this.#stopListening = this.#options.tail.listen({
      judged: record => this.#commits.judged(record),
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
    return this.#commits.commands()
  }

  /** How many of them wait for a barrier. */
  get waitingForBarrier(): number {
    return this.#scheduler.waitingForBarrier
  }

  /** How many commits have a verdict that has not been read. */
  get commitsInFlight(): number {
    return this.#commits.count
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
      seq: this.#queues.arrived,
      deadline,
      arrivalKeyTime: tail.keyTime,
    })
    this.#open += 1
    this.#byDeadline.push(pending)
    this.#scheduler.arrived(pending)
    return pending
  }

  #answered(pending: PendingCommand): void {
    this.#open -= 1
    this.#scheduler.answered(pending)
  }

  /** Accepts no new work, waits for the open commands (their deadlines bound that), then stops. */
  async stop(): Promise<void> {
    this.#stopping = true
    while (this.#open > 0) await sleep(this.#options.clock, SWEEP_MS)
    await this.#commits.idle()
    this.#scheduler.close()
    this.#cancelSweep()
    this.#stopListening()
  }

  #refusesWork(): Fault | null {
    if (this.#stopping) return shuttingDown()
    const { tail, stateReader, refuseWork } = this.#options
    return refuseWork?.() ?? admission(tail, stateReader.checkpoint, this.#open)
  }

  #tailMoved(): void {
    const { fault } = this.#options.tail
    if (fault === null) {
      this.#scheduler.tailMoved()
      return
    }
    for (const pending of this.#byDeadline.from(0)) {
      if (!pending.done) pending.fail(fault)
    }
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
    this.#commits.sweep()
    this.#queues.evict()
  }
}
