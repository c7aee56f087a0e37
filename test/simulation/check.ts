import { checkAnswers } from "./checkAnswers.js"
import { checkLog } from "./checkLog.js"
import { checkViews } from "./checkViews.js"
import type { History } from "./history.js"
import { Model, type ModelOptions } from "./model.js"

export type Rule =
  | "fork"
  | "fold"
  | "stale decision"
  | "doubled command"
  | "torn guild"
  | "torn trade"
  | "gold or swords made or lost"
  | "false yes"
  | "false no"
  | "wrong refusal"
  | "wrong state"
  | "wrong expiry"
  | "views differ"
  | "checkpoint went back"
  | "not healed"

/** A violation: which promise was broken, and where. */
export interface Violation {
  readonly rule: Rule
  readonly message: string
}

/**
 * Compares the answers that clients got, the log and the views with the model: the log judged, folded and decided again
 * by the rules alone. Returns everything that does not fit; nothing when all is well.
 */
export function check(history: History, options: Pick<ModelOptions, "expiry"> = {}): Violation[] {
  const model = new Model(history.records, { lagMax: history.lagMax, ...options })
  return [
    ...checkLog(model, history),
    ...checkAnswers(model, history),
    ...checkViews(model, history),
    ...history.unhealed.map(message => ({ rule: "not healed" as const, message })),
  ]
}
