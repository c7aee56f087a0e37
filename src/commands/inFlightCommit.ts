import type { Commit } from "../log/commit.js"
import type { AggregateQueue } from "./aggregateQueue.js"
import type { PendingCommand } from "./pendingCommand.js"

/** A commit in flight: encoded, sent or about to be, its verdict not yet read. */
export interface InFlightCommit {
  readonly id: string
  readonly seen: number
  readonly on: Commit["on"]
  readonly bytes: Uint8Array
  readonly queues: readonly AggregateQueue[]
  readonly commands: readonly PendingCommand[]
  /** The earliest deadline of its commands; it is not sent after that. Milliseconds since 1970. */
  readonly deadline: number
  /** When it was handed to the log; null before that. */
  sentAt: number | null
  /** Whether its verdict was read, or is no longer awaited. */
  over: boolean
}

/**
 * Whether a commit that waits to be sent still may be: not once one of its commands was answered, as the
 * answer may have been that nothing happened.
 */
export function maySend({ over, deadline, commands }: InFlightCommit, now: number): boolean {
  return !over && now < deadline && !commands.some(({ done }) => done)
}

/**
 * Whether nothing depends any longer on a verdict that has not come in time: all commands of the commit are
 * answered, or another commit has taken its slot. In the latter case, wherever it may still land, it finds
 * the slot taken or has expired: it is certainly void, though nobody has read it.
 */
export function isObsolete({ queues, on, commands }: InFlightCommit): boolean {
  const overtaken = queues.some(
    ({ aggregate, document }) => document !== null && document.link !== on[aggregate],
  )
  return overtaken || commands.every(({ done }) => done)
}
