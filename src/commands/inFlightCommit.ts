import type { Commit } from "../log/commit.js"
import type { AggregateQueue } from "./aggregateQueue.js"
import type { PendingCommand } from "./pendingCommand.js"

/** A commit on its way: encoded, sent or about to be, its verdict not read. */
export interface InFlightCommit {
  readonly id: string
  readonly seen: number
  readonly on: Commit["on"]
  readonly bytes: Uint8Array
  readonly queues: readonly AggregateQueue[]
  readonly commands: readonly PendingCommand[]
  /** The first deadline of its commands: it is not sent after that. Milliseconds since 1970. */
  readonly deadline: number
  /** When it was handed to the log; null while it waits for that. */
  sentAt: number | null
  /** Its verdict is read, or nobody waits for it any longer. */
  over: boolean
}

/**
 * Whether a commit that waits for the log may still be sent: not once one of its commands was answered, as that answer
 * may have been that nothing happened.
 */
export function maySend({ over, deadline, commands }: InFlightCommit, now: number): boolean {
  return !over && now < deadline && !commands.some(({ done }) => done)
}

/**
 * Whether nothing depends on the verdict of a commit that has not come in time: all its commands are answered, or
 * another commit has taken its place. Wherever it may still land then, it finds that slot taken, or has expired: it is
 * void for sure, though nobody has read it.
 */
export function isOfNoUse({ queues, on, commands }: InFlightCommit): boolean {
  const overtaken = queues.some(
    ({ aggregate, document }) => document !== null && document.link !== on[aggregate],
  )
  return overtaken || commands.every(({ done }) => done)
}
