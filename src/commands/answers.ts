import { type CommandName, commandTypes } from "../domain/commands.js"
import { Histogram } from "../lib/histogram.js"
import type { Sample } from "../lib/metrics.js"
import { isFault } from "../ports/faults.js"
import type { CommandResult } from "./pendingCommand.js"

/** How the commands of one name were answered. */
class AnswersOf {
  effective = 0
  replayed = 0
  /** By code: there are few codes, all of them ours. */
  readonly refused = new Map<string, number>()
  readonly faults = new Map<string, number>()
  /** From arrival to answer, whatever the answer was. */
  readonly latency = new Histogram()
}

/** How the commands of this process were answered, and how fast. */
export class Answers {
  readonly #byName = new Map<string, AnswersOf>(
    Object.keys(commandTypes).map(name => [name, new AnswersOf()]),
  )

  done(name: CommandName, { refusal, replayed }: CommandResult, tookMs: number): void {
    const answers = this.#byName.get(name)
    if (answers === undefined) return
    if (refusal !== null) increment(answers.refused, refusal.code)
    else if (replayed) answers.replayed += 1
    else answers.effective += 1
    answers.latency.tookMs(tookMs)
  }

  failed(name: CommandName, error: unknown, tookMs: number): void {
    const answers = this.#byName.get(name)
    if (answers === undefined) return
    increment(answers.faults, isFault(error) ? error.code : "INTERNAL_SERVER_ERROR")
    answers.latency.tookMs(tookMs)
  }

  /** Labelled `command`, `outcome` and `code`; `code` is empty unless the command was refused or failed. */
  counts(): Sample[] {
    return [...this.#byName].flatMap(([command, { effective, replayed, refused, faults }]) => [
      { labels: { command, outcome: "effective", code: "" }, value: effective },
      { labels: { command, outcome: "replayed", code: "" }, value: replayed },
      ...byCode(refused, { command, outcome: "refused" }),
      ...byCode(faults, { command, outcome: "fault" }),
    ])
  }

  /** Labelled `command`. */
  latencies() {
    return [...this.#byName].map(([command, { latency }]) => ({ labels: { command }, histogram: latency }))
  }
}

function increment(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1)
}

function byCode(counts: ReadonlyMap<string, number>, labels: Sample["labels"]): Sample[] {
  return [...counts].map(([code, value]) => ({ labels: { ...labels, code }, value }))
}
