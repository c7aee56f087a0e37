import type { Rules } from "../../src/commands/rules.js"
import type { FakeClock } from "../fakes/clock.js"
import type { FakeLogServer } from "../fakes/logServer.js"
import type { FakeViewServer } from "../fakes/viewStore.js"
import type { KeptLogger } from "../support/keptLogger.js"
import type { Attempt, Query } from "./history.js"
import type { KeyTimeMeter } from "./keyTimeMeter.js"
import type { Settings } from "./plan.js"

/** What an acknowledged offer says. */
export interface OfferedTrade {
  readonly tradeId: string
  readonly from: string
  readonly to: string
}

/** What all processes and clients of a run share, and what they leave behind for the checker. */
export interface Shared {
  readonly settings: Settings
  /** In place of those of the write path. */
  readonly rules: Partial<Rules>
  readonly clock: FakeClock
  readonly log: FakeLogServer
  readonly views: FakeViewServer
  readonly logger: KeptLogger
  readonly keyTime: KeyTimeMeter
  readonly attempts: Attempt[]
  /** The trades that clients know to have been offered, in the order in which they heard of them. */
  readonly offers: OfferedTrade[]
  readonly queries: Query[]
  readonly senders: Map<string, { readonly process: string; readonly at: number }>
  readonly newer: Set<string>
  readonly unhealed: string[]
  /** A separate random stream for each part, so that they do not disturb each other. */
  random(part: string): () => number
}
