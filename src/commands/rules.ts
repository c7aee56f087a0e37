import { basisOf, isFree } from "./aggregateQueue.js"
import { hasReached } from "./barrier.js"
import { findKnown, needsLookup } from "./keyLookup.js"
import { rivalPause } from "./pause.js"
import { hasExpired } from "./requestExpiry.js"

/**
 * The functions that decide, where the safety of the write path rests on the decision. They are arguments so
 * that the simulation can show what each prevents, by giving another one to `startRealm`. Code that opens a
 * realm for a process passes none: it may not import this file (`.dependency-cruiser.cjs`), and no setting
 * chooses between rules.
 */
export interface Rules {
  /** R7 */
  readonly isFree: typeof isFree
  readonly basisOf: typeof basisOf
  /** R21 */
  readonly needsLookup: typeof needsLookup
  readonly findKnown: typeof findKnown
  /** R22 */
  readonly hasExpired: typeof hasExpired
  /** R23 */
  readonly hasReached: typeof hasReached
  /** R24 */
  readonly rivalPause: typeof rivalPause
}

export const RULES: Rules = {
  isFree,
  basisOf,
  needsLookup,
  findKnown,
  hasExpired,
  hasReached,
  rivalPause,
}
