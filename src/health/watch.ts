import type { Clock } from "../lib/clock.js"
import { before } from "../lib/deadline.js"
import { reasonLine, systemReason } from "../lib/systemError.js"
import { Fault, type FaultCode, isFault } from "../ports/faults.js"
import type { Logger } from "../ports/logger.js"

/** A watch that is stopped waits this long for its last probe, which its signal has ended. */
const STOP_WITHIN_MS = 1000

/** Tries once what a part is for. Throws what is wrong. The signal says that nobody waits for it any more. */
export type Probe = (signal: AbortSignal) => Promise<void>

export interface WatchOptions {
  /** For messages and metrics. */
  readonly name: string
  readonly probe: Probe
  /** How long after a probe the next one begins. */
  readonly everyMs: number
  /** A probe that takes longer has failed. */
  readonly withinMs: number
  /** The code of a probe that takes too long, or throws anything but a Fault. */
  readonly code: FaultCode
  /** Counts real work that succeeded: it is worth as much as a probe, and spares one. */
  readonly worked?: () => number
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Watches one part of the process by trying, on a beat, what the part is for (R48). One probe runs at a time: while one
 * hangs, the part is not well and no other begins. A problem is logged once it has lasted for two probes, and when it
 * is over.
 */
export class Watch {
  readonly name: string
  readonly #options: WatchOptions
  #isStopped = false
  /** Ends the probe that runs. */
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

  /** What was wrong at the last probe, or null: it went well, there was none yet, or real work has succeeded since. */
  get problem(): Fault | null {
    return this.#hasWorked ? null : this.#problem
  }

  /** Probes at once, and then on the beat. */
  start(): void {
    this.#looking = this.#look()
  }

  /** Probes now, not on the beat; when a probe is on its way, once more after it, as it may have begun too early. */
  hurry(): void {
    if (this.#isLooking) {
      this.#isHurried = true
      return
    }
    this.#cancel()
    if (!this.#isStopped) this.start()
  }

  /** Ends the probe that runs. */
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
    // Rejected: AbortSignal.any with a signal that lasts, which keeps something of each (Node.js 20).
    const probing = new AbortController()
    this.#probing = probing
    const cancel = clock.after(withinMs, () => {
      // What worked while the probe hung is no sign that it still does: the probe may never end.
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
    if (this.#failures >= 2) logger.info({}, `${this.name}: well again`)
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
