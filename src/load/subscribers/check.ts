import type { CursorNotice } from "../../client/follow.js"
import type { LoadCommand } from "../command.js"
import type { Ledger } from "../ledger.js"
import type { SubscriberFinding } from "./findings.js"
import type { Latencies } from "./latencies.js"

/** A mutation that was answered: something has happened, of which subscribers must hear. */
export interface Deed {
  readonly command: LoadCommand
  /** Of the purchase; null for all else. */
  readonly purchaseId: string | null
  /** When the answer came, in milliseconds of performance.now(). */
  readonly answeredAt: number
}

/** Holds the notices of one subscriber against the answers to the mutations of the run. */
export interface NoticeCheck<N extends CursorNotice> {
  /** A deed within the subscriber's filter was answered. */
  promised(deed: Deed): void
  /** A notice came; `at` in milliseconds of performance.now(). False for a heartbeat. */
  told(notice: N, at: number): boolean
  /** Whether nothing is missing. */
  readonly isComplete: boolean
  /** After the last notice: what is missing, and what is too much. */
  end(): void
}

/** What checks share. */
export interface Checking {
  readonly ledger: Ledger
  readonly latencies: Latencies
  readonly find: (finding: SubscriberFinding, text: string) => void
}
