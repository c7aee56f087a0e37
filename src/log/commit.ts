import type { RawEvent } from "../domain/events.js"

/** One record of the log at most, encoded. */
export const COMMIT_BYTES_MAX = 256 * 1024

/** How many records a commit may lie behind what its writer had read (R2). It stands in the genesis. */
export const LAG_MAX = 16_384

/** A command as the log holds it: which key it was, and what came of it. */
export interface CommandRecord {
  /** `<acting player>/<idempotency key>` */
  readonly id: string
  /** A short hash of the input without personal fields, to notice a key used for another input. */
  readonly digest: string
  readonly events: readonly RawEvent[]
}

/** A commit without what it brings: all that a verdict depends on. */
export interface Envelope {
  /** Random; it lives in the log alone. */
  readonly id: string
  /** The offset up to which the writer had read, and so knew every verdict, when it decided (exclusive). */
  readonly seen: number
  /** The writer's clock, in milliseconds since 1970; for information only. */
  readonly at: number
  /** Every aggregate that the commands read or change, with its link as the writer knows it; null when it has none. */
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
