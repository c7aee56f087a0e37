import { Histogram } from "../lib/histogram.js"
import { noVerdicts, type Verdicts } from "../log/verdicts.js"
import type { LastAppend } from "../tail/logProbe.js"
import type { AppendOutcome } from "./commitSender.js"

/** What became of this process's commits, for metrics and health. */
export interface CommandStats {
  /** Of the commits whose verdict was read. */
  readonly verdicts: Verdicts
  /** How often a command had to be decided again because its commit was void. */
  retries: number
  /** How often the log answered with its head, for refusals. */
  barriers: number
  /** How many refusals waited for one. */
  barrierWaits: number
  /** How long appends took, by outcome. */
  readonly appends: Readonly<Record<AppendOutcome, Histogram>>
  lastAppend: LastAppend | null
}

export function newStats(): CommandStats {
  return {
    verdicts: noVerdicts(),
    retries: 0,
    barriers: 0,
    barrierWaits: 0,
    appends: { stored: new Histogram(), not_stored: new Histogram(), unknown: new Histogram() },
    lastAppend: null,
  }
}
