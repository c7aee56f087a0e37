import type { CursorNotice } from "../../client/follow.js"
import type { LoadCommand } from "../command.js"
import type { Latencies } from "../latencies.js"
import type { Ledger } from "../ledger.js"
import type { SubscriberFinding } from "./findings.js"

/** A mutation that was answered: something has happened that subscribers must receive. */
export interface Deed {
  readonly command: LoadCommand
  /** The id of the purchase; null for anything else. */
  readonly purchaseId: string | null
  /** When the answer came, in milliseconds of performance.now(). */
  readonly answeredAt: number
}

/** Compares the notices of one subscriber with the answers to the mutations of the run. */
export interface NoticeCheck<N extends CursorNotice> {
  /** A deed within the subscriber's filter was answered. */
  promised(deed: Deed): void
  /** A notice came; `at` in milliseconds of performance.now(). False for a heartbeat. */
  received(notice: N, at: number): boolean
  /** Whether nothing is missing. */
  readonly isComplete: boolean
  /** Called after the last notice: records what is missing and what is surplus. */
  end(): void
}

/** What all checks share. */
export interface Checking {
  readonly ledger: Ledger
  readonly latencies: Latencies
  readonly find: (finding: SubscriberFinding, text: string) => void
}
