import { linkedAbort } from "../lib/linkedAbort.js"
import { sleep } from "../lib/sleep.js"
import { messageOf } from "../lib/systemError.js"
import { Fault, isFault } from "../ports/faults.js"
import { assertWithin, checkAgainstLog, foreignLog } from "./checkpoint.js"
import type { BatchTimes, ConsumerOptions, ConsumerPolicy, TargetPlace } from "./consumerPolicy.js"
import { type ConsumerState, moved } from "./consumerState.js"
import { DueReader } from "./dueReader.js"
import { type Judged, readJudged } from "./judged.js"
import { isFinal, Trouble } from "./trouble.js"

/** `taken`: everything up to the offset. */
type RunEnd = "moved" | "taken" | "stopped"

/**
 * Follows the log from a target's checkpoint, by compare-and-swap (R46). A subclass says what the target is, and in which
 * batches it takes the records. Several may share a target, without election: one consumer wins each swap, and whoever
 * loses it becomes a standby, so a zombie is harmless.
 *
 *   active  --lost swap, target found elsewhere-->  standby
 *   standby --target gone, or still for `stillMs` with the log's head beyond it-->  active
 *   active  --fault-->  active, from where the target is then, or with the same batch (`sameBatchAfter`)
 *   standby --fault-->  standby, still waiting, or active (`standbyAfterFault`)
 *   both    --a fault that waiting does not fix-->  failed
 *   both    --stop()-->  stopped
 */
export abstract class Consumer {
  protected readonly trouble: Trouble
  readonly #options: ConsumerOptions
  readonly #policy: ConsumerPolicy
  readonly #abort = new AbortController()
  #state: ConsumerState = "active"
  #fault: Fault | null = null
  /** The version that a standby saw last, and since when it has not changed though the log has gone beyond it. */
  #still: { readonly version: string | null; readonly since: number } | null = null
  #running: Promise<void> | null = null
  #following = false

  constructor(options: ConsumerOptions, policy: ConsumerPolicy) {
    this.#options = options
    this.#policy = policy
    this.trouble = new Trouble(policy.trouble, options.logger)
  }

  /** Where the target is now. Throws when that cannot be known, or nobody can go on from there. */
  protected abstract find(): Promise<TargetPlace>

  /** Begins an empty batch. One that was not swapped is dropped. */
  protected abstract beginBatch(start: number): void

  /** Adds the next record. True when the batch is full: then it is swapped at once. */
  protected abstract add(record: Judged): boolean

  /** When a batch that is not full is swapped, in milliseconds since 1970. */
  protected abstract dueAt(times: BatchTimes): number

  /**
   * Moves the target by the batch, and returns where it is then; null when somebody else had moved it, and nothing was
   * done. Throws; then it may have been done.
   */
  protected abstract swap(): Promise<TargetPlace | null>

  /** Why a record cannot be taken, or null. What lies before it is swapped, then the consumer ends with that. */
  protected refusalOf(_: Judged): Fault | null {
    return null
  }

  /** The fields of the log lines for a move, and below for a failure. */
  protected moveFields(from: ConsumerState, to: ConsumerState): object {
    return { from, to }
  }

  protected faultFields({ code }: Fault): object {
    return { code }
  }

  get state(): ConsumerState {
    return this.#state
  }

  /** Why it has failed, or null. */
  get fault(): Fault | null {
    return this.#fault
  }

  /** Resolves once it is stopped or has failed. Never rejects. */
  start(): Promise<void> {
    this.#running ??= this.#run(this.#abort.signal)
    return this.#running
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await this.#halt()
    if (this.#state === "active" || this.#state === "standby") this.#move("stopped")
  }

  /**
   * Stops following; an active consumer then takes what the log holds now, within so many milliseconds. Null when that is
   * done; otherwise why not, and the log's head, or null when that is not known.
   */
  protected async finish(withinMs: number): Promise<{ head: number | null; error: string } | null> {
    await this.#halt()
    if (this.#state !== "active") return null
    const { clock, log } = this.#options
    const abort = new AbortController()
    const cancel = clock.after(withinMs, () => abort.abort())
    let head: number | null = null
    try {
      head = (await log.bounds()).head
      if (await this.takeUpTo(head, abort.signal)) return null
      return { head, error: `not finished within ${withinMs} ms` }
    } catch (error) {
      return { head, error: messageOf(error) }
    } finally {
      cancel()
    }
  }

  /**
   * Takes everything up to an offset, at once, unless others do. False when it was stopped before. Throws the
   * first error, without retrying.
   */
  protected async takeUpTo(upTo: number, signal = this.#abort.signal): Promise<boolean> {
    for (;;) {
      if ((await this.#follow(upTo, signal)) === "taken") return true
      if (signal.aborted) return false
    }
  }

  async #halt(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#state === "standby") await this.#standBy(signal)
        else if ((await this.#follow(null, signal)) === "moved") this.#move("standby")
      } catch (error) {
        if (signal.aborted) return
        if (isFinal(error)) return this.#fail(error)
        if (this.#state === "standby" && this.#policy.standbyAfterFault === "begins") this.#move("active")
        await this.#pause(this.trouble.report(error), signal)
      }
    }
  }

  /** Becomes active when the target needs it. Called again after a fault, its wait goes on. */
  async #standBy(signal: AbortSignal): Promise<void> {
    while (!(await this.#isNeeded())) {
      await this.#pause(this.#policy.lookEveryMs, signal)
      if (signal.aborted) return
    }
    if (!signal.aborted) this.#move("active")
  }

  async #isNeeded(): Promise<boolean> {
    const { clock, log } = this.#options
    const { version, offset } = await this.#find()
    const now = clock.now()
    let still = this.#still
    // While the log has nothing beyond the target, that has reason to stand still.
    if (still?.version !== version || (await log.bounds()).head <= offset) still = { version, since: now }
    this.#still = still
    this.trouble.over()
    return version === null || now - still.since >= this.#policy.stillMs
  }

  async #find(): Promise<TargetPlace> {
    const place = await this.find()
    const foreign = place.mark && foreignLog(place.mark, this.#options.genesis, this.#policy.makes)
    if (foreign !== null) throw foreign
    return place
  }

  /** Where to go on from, checked against the log (R10). */
  async #begin(signal: AbortSignal): Promise<TargetPlace> {
    const { log, genesis } = this.#options
    const { makes } = this.#policy
    const place = await this.#find()
    const { mark, offset } = place
    if (mark !== null) await checkAgainstLog(mark, log, genesis, signal, makes)
    if (offset > (mark?.offset ?? 0)) await assertWithin(offset, log, makes)
    return place
  }

  /**
   * Follows until somebody else has moved the target, until it is stopped, or up to an offset unless that is null. Throws
   * what keeps it from going on.
   */
  async #follow(upTo: number | null, signal: AbortSignal): Promise<RunEnd> {
    const { log, genesis, clock } = this.#options
    const { records = (from, until) => readJudged(log, genesis, from, until) } = this.#options
    if (this.#following) throw new Error(`${this.#policy.name}: two runs at once would share a batch`)
    this.#following = true
    const run = linkedAbort(signal)
    try {
      const start = await this.#begin(run.signal)
      const reader = new DueReader(records(start.offset, run.signal), clock)
      try {
        return await this.#takeFrom(start, reader, upTo, run.signal)
      } finally {
        run.end()
        await reader.close()
      }
    } finally {
      run.end()
      this.#following = false
    }
  }

  async #takeFrom(
    start: TargetPlace,
    reader: DueReader,
    upTo: number | null,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const { clock } = this.#options
    const { watchEveryMs } = this.#policy
    // Where the target was left, and when it was last known to be there. The batch lies between that and `next`.
    let left = start
    let seenAt = clock.now()
    let next = start.offset
    const times = { since: 0, lastAt: 0, atHead: false }
    const swap = async (): Promise<boolean> => {
      if (next === left.offset) return true
      const place = await this.#swap(upTo, signal)
      if (place === null) return false
      left = place
      this.beginBatch(next)
      this.trouble.over()
      seenAt = clock.now()
      return true
    }
    this.beginBatch(next)
    while (upTo === null || left.offset < upTo) {
      const isEmpty = next === left.offset
      const watchAt = watchEveryMs === null ? null : seenAt + watchEveryMs
      const taken = await reader.next(isEmpty ? watchAt : this.dueAt(times))
      if (signal.aborted) return "stopped"
      if (taken === "ended") throw new Fault("LOG_UNAVAILABLE", "the log returned no more records")
      if (taken === "due") {
        // A swap would show that, but while the log is idle there is none; and if the views are gone no command is decided,
        // so the log would stay idle for ever.
        const isOurs = isEmpty ? (await this.#find()).version === left.version : await swap()
        if (!isOurs) return "moved"
        this.trouble.over()
        seenAt = clock.now()
        continue
      }
      times.lastAt = clock.now()
      for (const record of taken.records) {
        const refusal = this.refusalOf(record)
        if (refusal !== null) {
          if (await swap()) throw refusal
          return "moved"
        }
        if (next === left.offset) times.since = clock.now()
        next = record.offset + 1
        if (this.add(record) && !(await swap())) return "moved"
      }
      times.atHead = next >= taken.head
      if (times.atHead && next === left.offset) this.trouble.over()
      if (upTo !== null && next >= upTo && !(await swap())) return "moved"
    }
    return "taken"
  }

  /** A run up to an offset does not try again. */
  async #swap(upTo: number | null, signal: AbortSignal): Promise<TargetPlace | null> {
    for (;;) {
      try {
        return await this.swap()
      } catch (error) {
        if (upTo !== null || !isFault(error) || error.code !== this.#policy.sameBatchAfter) throw error
        if (!signal.aborted) await this.#pause(this.trouble.report(error), signal)
        if (signal.aborted) throw error
      }
    }
  }

  #fail(fault: Fault): void {
    this.#fault = fault
    this.#move("failed")
    this.#options.logger.error(this.faultFields(fault), `${this.#policy.name}: ${fault.message}`)
  }

  #move(to: ConsumerState): void {
    const from = this.#state
    this.#state = moved(from, to)
    this.#still = null
    this.#options.logger.info(this.moveFields(from, to), this.#policy.name)
  }

  #pause(delayMs: number, signal: AbortSignal): Promise<void> {
    return sleep(this.#options.clock, delayMs, signal)
  }
}
