import type { Attempt, History } from "./history.js"
import { Model } from "./model.js"

/** How often each thing happened, over any number of runs. */
export class RunTotals {
  readonly counts = new Map<string, number>()

  add(history: History): void {
    const model = new Model(history.records, { lagMax: history.lagMax })
    for (const { verdict } of model.records) this.#count(`commit: ${verdict}`)
    for (const attempt of history.attempts) {
      this.#count(`answer: ${word(attempt)}`)
      if (attempt.answer?.kind === "done") this.#count(`done: ${attempt.request.name}`)
    }
    for (const checkpoint of history.checkpoints) {
      if (checkpoint === null) this.#count("views: lost or rolled back")
      else this.#count("views: swaps")
    }
    this.#count("queries", history.queries.length)
    this.#count("keys: forgotten", forgotten(model, history))
  }

  toString(): string {
    return [...this.counts]
      .sort()
      .map(([what, times]) => `${what} ${times}`)
      .join(", ")
  }

  #count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }
}

function word({ answer }: Attempt): string {
  if (answer === null) return "none, the process was killed"
  if (answer.kind === "fault") return answer.code
  return answer.kind === "done" && answer.replayed ? "replayed" : answer.kind
}

/** Commands whose keys the views have forgotten by the end. */
function forgotten(model: Model, { views, checkpoints }: History): number {
  const checkpoint = checkpoints.at(-1)
  if (views === null || checkpoint == null) return 0
  const bucketMs = checkpoint.keyRetention / 2
  return [...model.commands.values()].flat().filter(({ keyTime }) => {
    return Math.floor(keyTime / bucketMs) < checkpoint.firstBucket
  }).length
}
