import { Fault } from "../../../src/ports/faults.js"
import type { HistoryEngine } from "../../../src/ports/historyEngine.js"

/** An engine that never answers until its signal is aborted; it counts its queries. */
export class StuckEngine implements HistoryEngine {
  readonly dialect = { time: String, milliseconds: String }
  asked = 0
  ended = 0

  eventsTable(): string {
    return "events"
  }

  query(_: string, { signal }: { readonly signal: AbortSignal }): Promise<never> {
    this.asked += 1
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        this.ended += 1
        reject(new Fault("HISTORY_UNAVAILABLE", "ended"))
      })
    })
  }

  async keepViews(): Promise<never[]> {
    return []
  }
  async close(): Promise<void> {}
}
