import { type RawEvent, readEvent } from "../domain/events.js"
import type { PlacedCommand } from "../log/effect.js"

/** What the views keep for a command's key: the command as it happened, without personal fields. */
export function encodeKeyEntry({ digest, offset, at, firstIndex, events }: PlacedCommand): string {
  const kept = events.map(({ type, v, data }) => ({ type, v, data }))
  return JSON.stringify({ digest, offset, at, firstIndex, events: kept })
}

/**
 * The text is ours: it was written under a checkpoint whose event types this build knows, maybe of older versions.
 * Throws an Error otherwise.
 */
export function decodeKeyEntry(id: string, text: string): PlacedCommand {
  const entry = JSON.parse(text) as Omit<PlacedCommand, "id" | "events"> & {
    readonly events: readonly RawEvent[]
  }
  const events = entry.events.map(raw => {
    const read = readEvent(raw)
    if (read.kind !== "event") throw new Error(`the entry of the key ${id}: ${read.reason}`)
    return read.event
  })
  return { ...entry, id, events }
}
