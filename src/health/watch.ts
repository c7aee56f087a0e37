import type { Clock } from "../lib/clock.js"
import { before } from "../lib/deadline.js"
import { reasonLine, systemReason } from "../lib/systemError.js"
import { Fault, type FaultCode, isFault } from "../ports/faults.js"
import type { Logger } from "../ports/logger.js"

/** How long `stop` waits for the running probe, whose signal it has aborted. */
const STOP_WITHIN_MS = 1000

/** Tries once what a part is for. Throws what is wrong. The signal is aborted once nobody waits for the result. */
type Probe = (signal: AbortSignal) => Promise<void>

export interface WatchOptions {
  /** For messages and metrics. */
  readonly name: string
  readonly probe: Probe
  /** The pause between the end of a probe and the next one. */
  readonly everyMs: number
  /** A probe that takes longer counts as failed. */
  readonly withinMs: number
  /** The fault's code when a probe takes too long, or throws something other than a Fault. */
  readonly code: FaultCode
  /** Counts real work that succeeded: it proves as much as a probe does, and saves one. */
  readonly worked?: () => number
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Watches one part of the process by periodically trying what the part is for (R48). One probe runs at a time: while it
 * hangs, the part counts as unhealthy and no other probe begins. A problem is logged once it has lasted for two probes,
 * and again when it is over.
 */
export class Watch {
  readonly name: string
  readonly #options: WatchOptions
  #isStopped = false
  /** Cancels the running probe. */
  #probing = new AbortController()
  #problem: Fault | null = null
  #failures = 0
  #workSeen = 0
  #cancel: () => void = () => {}
  #looking: Promise<void> = Promise.resolve()
  #isLooking = false
  #isHurried = false

  constructor(options: WatchOptions) {
    this.#options = options
    this.name = options.name
  }

  /** What was wrong at the last probe. Null when it succeeded, none has ended yet, or real work has succeeded since. */
  get problem(): Fault | null {
    return this.#hasWorked ? null : this.#problem
  }

  /** Probes at once, and then periodically. */
  start(): void {
    this.#looking = this.#look()
  }

  /** Probes now, out of turn. If a probe is running, probes once more after it, as it may have begun too early. */
  hurry(): void {
    if (this.#isLooking) {
      this.#isHurried = true
      return
    }
    this.#cancel()
    if (!this.#isStopped) this.start()
  }

  /** Cancels the running probe, and waits for its end, within a bound. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#probing.abort()
    this.#cancel()
    const { clock, code } = this.#options
    const late = () => new Fault(code, `${this.name}: its probe does not end`)
    await before(clock, clock.now() + STOP_WITHIN_MS, this.#looking, late).catch(() => {})
  }

  get #hasWorked(): boolean {
    return this.#work !== this.#workSeen
  }

  get #work(): number {
    return this.#options.worked?.() ?? 0
  }

  async #look(): Promise<void> {
    const { clock, everyMs } = this.#options
    this.#isLooking = true
    this.#isHurried = false
    if (this.#hasWorked) this.#found(null)
    else await this.#probe()
    this.#workSeen = this.#work
    this.#isLooking = false
    if (this.#isStopped) return
    this.#cancel = clock.after(this.#isHurried ? 0 : everyMs, () => this.start())
  }

  async #probe(): Promise<void> {
    const { probe, withinMs, clock, code } = this.#options
    // Rejected: AbortSignal.any with a long-lived signal, which retains something of each derived one (Node.js 20).
    const probing = new AbortController()
    this.#probing = probing
    const cancel = clock.after(withinMs, () => {
      // Work that succeeded while the probe hung does not show that the part still works: the probe may never end.
      this.#workSeen = this.#work
      this.#found(new Fault(code, `no answer within ${withinMs} ms`))
      probing.abort()
    })
    const outcome = await outcomeOf(probe, probing.signal, code)
    cancel()
    if (!probing.signal.aborted) this.#found(outcome)
  }

  #found(problem: Fault | null): void {
    const { logger } = this.#options
    this.#problem = problem
    if (problem !== null) {
      this.#failures += 1
      if (this.#failures === 2) logger.warn({ code: problem.code }, `${this.name}: ${reasonLine(problem)}`)
      return
    }
    if (this.#failures >= 2) logger.info({}, `${this.name}: recovered`)
    this.#failures = 0
  }
}

async function outcomeOf(probe: Probe, signal: AbortSignal, code: FaultCode): Promise<Fault | null> {
  try {
    await probe(signal)
    return null
  } catch (error) {
    if (isFault(error)) return error
    return new Fault(code, systemReason(error), { cause: error })
  }
}
