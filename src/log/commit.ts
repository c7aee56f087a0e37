import type { RawEvent } from "../domain/events.js"

/** The most bytes that an encoded record may have. */
export const COMMIT_BYTES_MAX = 256 * 1024

/** How many records may lie between what a commit's writer had read and the commit (R2). Recorded in the genesis. */
export const LAG_MAX = 16_384

/** A command as the log holds it: its key, and its events. */
export interface CommandRecord {
  /** `<acting player>/<idempotency key>` */
  readonly id: string
  /** A short hash of the input without personal fields, to detect a key reused for another input. */
  readonly digest: string
  readonly events: readonly RawEvent[]
}

/** A commit without its commands: all that a verdict depends on. */
export interface Envelope {
  /** Random; it appears only in the log. */
  readonly id: string
  /** The offset up to which the writer had read, and so knew every verdict, when it decided (exclusive). */
  readonly seen: number
  /** The writer's clock, in milliseconds since 1970; for information only. */
  readonly at: number
  /** Every aggregate that the commands read or change, with its link as the writer knew it; null when it had none. */
  readonly on: Readonly<Record<string, string | null>>
}

/** The unit appended: one record (R1). */
export interface Commit extends Envelope {
  readonly commands: readonly CommandRecord[]
}

/** The record at offset 0 (R9): what this log is. Everything built from the log carries its `logId`. */
export interface Genesis {
  readonly logId: string
  readonly realm: number
  readonly lagMax: number
  readonly format: number
}
