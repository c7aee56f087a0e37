import { Buffer } from "node:buffer"
import { show } from "../domain/input.js"
import { Fault } from "../ports/faults.js"
import type { EventPosition } from "../tail/eventFilter.js"

/** Longer than any cursor that this build makes. */
const LENGTH_MAX = 256

/** A subscription's cursor as clients see it: opaque, base64url of `feed:<logId>:<offset>.<index>`. */
export function feedCursor(logId: string, { offset, index }: EventPosition): string {
  return Buffer.from(`feed:${logId}:${offset}.${index}`).toString("base64url")
}

/**
 * Throws BAD_USER_INPUT if it is malformed, CURSOR_TOO_OLD if it is of another log, such as an earlier one.
 */
export function parseFeedCursor(text: string | null | undefined, logId: string): EventPosition | null {
  if (text === null || text === undefined) return null
  const decoded = text.length > LENGTH_MAX ? "" : Buffer.from(text, "base64url").toString()
  const [, itsLog, offsetText, indexText] = /^feed:(.+):(\d{1,15})\.(\d{1,6})$/.exec(decoded) ?? []
  if (itsLog === undefined) {
    throw new Fault("BAD_USER_INPUT", `after: expected a cursor as a notice gives it, got ${show(text)}`)
  }
  if (itsLog !== logId) {
    throw new Fault("CURSOR_TOO_OLD", `after: expected a cursor of log ${logId}, got one of another log`)
  }
  return { offset: Number(offsetText), index: Number(indexText) }
}
