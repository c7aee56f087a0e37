import { histogram } from "../lib/metrics.js"
import { noVerdicts, type Verdicts } from "../log/verdicts.js"
import type { LastAppend } from "../tail/logProbe.js"
import { APPEND_OUTCOMES } from "./commitSender.js"

/** What became of this process's commits, for metrics and health. */
export class CommandStats {
  /** Of the commits whose verdict was read. */
  readonly verdicts: Verdicts = noVerdicts()
  /** How often a command had to be decided again because its commit was void. */
  retries = 0
  /** How often the log answered with its head, for refusals. */
  barriers = 0
  /** How many refusals waited for one. */
  barrierWaits = 0
  readonly appends = histogram(
    "guildhall_log_append_duration_seconds",
    "Duration of appends to the log, by outcome: stored, not_stored, unknown (it may have been stored).",
    ["outcome"],
    APPEND_OUTCOMES.map(outcome => ({ outcome })),
  )
  lastAppend: LastAppend | null = null
}
