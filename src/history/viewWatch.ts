import type { Clock } from "../ports/clock.js"
import type { Logger } from "../ports/logger.js"
import type { ViewKeeper } from "./viewKeeper.js"

/** How often the table is looked at: a column comes with a new build, and no more often. */
const WATCH_MS = 60_000

export interface ViewWatchOptions {
  readonly keeper: Pick<ViewKeeper, "keep">
  readonly clock: Clock
  readonly logger: Logger
}

/** Keeps an engine's views while the process runs. Nothing waits for it: when the engine is away it tries again later. */
export class ViewWatch {
  readonly #options: ViewWatchOptions
  readonly #end = new AbortController()
  #cancel: () => void = () => {}
  #keeping: Promise<void> = Promise.resolve()
  #problem: string | null = null

  constructor(options: ViewWatchOptions) {
    this.#options = options
  }

  /** Why the views are not kept at the moment, or null. */
  get problem(): string | null {
    return this.#problem
  }

  start(): void {
    this.#keeping = this.#keep()
  }

  async stop(): Promise<void> {
    this.#end.abort()
    this.#cancel()
    await this.#keeping
  }

  async #keep(): Promise<void> {
    const { keeper, clock, logger } = this.#options
    const late = new AbortController()
    const cancel = clock.after(WATCH_MS, () => late.abort())
    try {
      await keeper.keep(AbortSignal.any([this.#end.signal, late.signal]))
      this.#problem = null
    } catch (error) {
      if (this.#end.signal.aborted) return
      const problem = error instanceof Error ? error.message : String(error)
      if (problem !== this.#problem) logger.warn({ error: problem }, "SQL views: not kept, trying again")
      this.#problem = problem
    } finally {
      cancel()
    }
    if (!this.#end.signal.aborted) this.#cancel = clock.after(WATCH_MS, () => this.start())
  }
}
