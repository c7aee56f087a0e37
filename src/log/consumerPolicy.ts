import type { Clock } from "../lib/clock.js"
import type { FaultCode } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { LogMark, Maker } from "./checkpoint.js"
import type { Genesis } from "./commit.js"
import type { JudgedBatch } from "./judged.js"
import type { TroublePolicy } from "./trouble.js"

export interface ConsumerOptions {
  readonly log: Log
  readonly genesis: Genesis
  readonly clock: Clock
  readonly logger: Logger
  /** Where its records come from; by default it reads the log itself. */
  readonly records?: ((from: number, signal: AbortSignal) => AsyncIterable<JudgedBatch>) | undefined
}

/** How consumers differ. All times in milliseconds. */
export interface ConsumerPolicy {
  /** In its log lines. */
  readonly name: string
  /** What it makes from the log, for messages. */
  readonly makes: Maker
  readonly trouble: TroublePolicy
  /** How often a standby looks where the target is. */
  readonly lookEveryMs: number
  /** How long the target must have stood still, with the log's head beyond it, before a standby takes over. */
  readonly stillMs: number
  /** After a fault a standby keeps waiting, since others may still be working; or it begins again, active. */
  readonly standbyAfterFault: "waits" | "begins"
  /** The fault after which the same batch is swapped again. After others it begins again, from where the target is. */
  readonly sameBatchAfter: FaultCode | null
  /** How often an active one looks where the target is while the log is idle; null: never. */
  readonly watchEveryMs: number | null
}

/** Where a target is. */
export interface TargetPlace {
  /** The next offset to take. */
  readonly offset: number
  /** Proves which log it was made from (R10), as of `offset` or before; null when it has no proof. */
  readonly mark: LogMark | null
  /** Changes with each move; null when there is nothing, and so nobody to wait for. */
  readonly version: string | null
}

/** The times of a batch, in milliseconds since 1970. */
export interface BatchTimes {
  /** When its first record came. */
  readonly since: number
  /** When its last record came. */
  readonly lastAt: number
  /** Nothing more is in the log. */
  readonly atHead: boolean
}
