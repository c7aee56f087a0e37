import type { GameEvent } from "../domain/events.js"
import type { PlacedCommand } from "./effect.js"

/**
 * What the views keep of a command's key: the command as it happened, without personal fields, which its answer does
 * not need.
 */
export function encodeKeyEntry({ digest, offset, at, firstIndex, events }: PlacedCommand): string {
  const kept = events.map(({ type, v, data }) => ({ type, v, data }))
  return JSON.stringify({ digest, offset, at, firstIndex, events: kept })
}

/** The text is ours: it was written under a valid checkpoint of this fold version. */
export function decodeKeyEntry(id: string, text: string): PlacedCommand {
  const entry = JSON.parse(text) as Omit<PlacedCommand, "id"> & { readonly events: readonly GameEvent[] }
  return { ...entry, id }
}
