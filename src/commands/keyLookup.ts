import type { PlacedCommand } from "../log/effect.js"
import type { RecordBuffer } from "../tail/buffer.js"
import type { PendingCommand } from "./pendingCommand.js"
import type { CheckedCommand } from "./request.js"

/** A client's key is always looked up in the store, even for warm aggregates; one that we made is new (R21). */
export function needsLookup(command: CheckedCommand): boolean {
  return command.clientKey
}

/**
 * What happened under a command's key, by the store's answer, or by the buffer since that answer. Asked
 * before every decision, repeated ones included, so that a key has one effect (I2). `unsure`: the buffer no
 * longer reaches back to the answer; the key must be looked up again.
 */
export function findKnown(pending: PendingCommand, buffer: RecordBuffer): PlacedCommand | "unsure" | null {
  const { known, checkpoint } = pending.key
  if (known !== null) return known
  if (!buffer.covers(checkpoint)) return "unsure"
  return buffer.command(pending.command.id, checkpoint) ?? null
}
