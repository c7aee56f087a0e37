import type { Progress } from "../lib/progress.js"
import { Measure, type Measured } from "./measure.js"
import type { RunOptions } from "./options.js"
import { ClosedLoop, OpenLoop, type Pace, type Phase } from "./pace.js"
import type { Audience } from "./subscribers/audience.js"
import { actOnce, type Work } from "./worker.js"

const DURATION_MS = 30_000

/** Runs the warm-up and then what counts. */
export async function runMeasured(
  work: Work & { readonly witness: Audience },
  options: RunOptions,
  progress: Progress,
): Promise<Measured> {
  const { warmUp, count = Number.POSITIVE_INFINITY } = options
  const { stop } = work
  const forever = options.count === undefined ? DURATION_MS : Number.POSITIVE_INFINITY
  const measure = new Measure()
  const phases = new Phases(work, options, measure)
  try {
    if (warmUp > 0) await phases.run({ count: Number.POSITIVE_INFINITY, durationMs: warmUp, stop }, progress)
    measure.restart()
    work.sender.restart()
    work.witness.restart()
    const pace = await phases.run({ count, durationMs: options.duration ?? forever, stop }, progress)
    return measure.measured({ ...work.sender.tries, unsent: pace.unsent })
  } finally {
    progress.end()
  }
}

/** Each phase ends when everything that it has sent is answered. */
class Phases {
  readonly #work: Work
  readonly #options: RunOptions
  readonly #measure: Measure
  /** Counts the commands of all phases, to number their keys. */
  #number = 0

  constructor(work: Work, options: RunOptions, measure: Measure) {
    this.#work = work
    this.#options = options
    this.#measure = measure
  }

  async run(phase: Phase, progress: Progress): Promise<Pace> {
    const { concurrency, rate } = this.#options
    const { count, durationMs } = phase
    const pace = rate === undefined ? new ClosedLoop(phase) : new OpenLoop(phase, rate)
    const begin = Date.now()
    const show = () => {
      if (Number.isFinite(count)) progress.update(pace.sent, count)
      else progress.update(Math.round((Date.now() - begin) / 1000), Math.round(durationMs / 1000))
    }
    const caller = async () => {
      for (let since = await pace.next(); since !== null; since = await pace.next()) {
        await this.#one(since)
        if (pace.sent % 100 === 0) show()
      }
    }
    show()
    await Promise.all(Array.from({ length: concurrency }, caller))
    show()
    return pace
  }

  async #one(since: number): Promise<void> {
    const number = this.#number
    this.#number += 1
    const sent = await actOnce(this.#work, number)
    if (sent !== null) this.#measure.add(sent, performance.now() - since)
  }
}
