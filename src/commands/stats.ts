import { Histogram } from "../lib/histogram.js"
import { noVerdicts, type Verdicts } from "../log/verdicts.js"
import type { LastAppend } from "../tail/logProbe.js"
import type { AppendOutcome } from "./commitSender.js"

/** What the commits of this process came to, for metrics and health. */
export interface CommandStats {
  /** Those whose verdict was read. */
  readonly verdicts: Verdicts
  /** How often a command was to be decided again because its commit was void. */
  retries: number
  /** Heads of the log that were told, for refusals. */
  barriers: number
  /** Refusals that waited for one. */
  barrierWaits: number
  /** How long appends took. */
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
