import { show } from "../domain/input.js"
import { Fault } from "../ports/faults.js"
import type { EventPosition } from "../tail/eventFilter.js"
import { opaqueText, readOpaqueText } from "./opaqueText.js"

/** A subscription's cursor as clients see it: opaque, base64url of `feed:<logId>:<offset>.<index>`. */
export function feedCursor(logId: string, { offset, index }: EventPosition): string {
  return opaqueText(`feed:${logId}:${offset}.${index}`)
}

/**
 * Throws BAD_USER_INPUT if it is malformed, CURSOR_TOO_OLD if it is of another log, such as an earlier one.
 */
export function parseFeedCursor(text: string | null | undefined, logId: string): EventPosition | null {
  if (text === null || text === undefined) return null
  const [, itsLog, offsetText, indexText] =
    /^feed:(.+):(\d{1,15})\.(\d{1,6})$/.exec(readOpaqueText(text)) ?? []
  if (itsLog === undefined) {
    throw new Fault("BAD_USER_INPUT", `after: expected a cursor as a notice gives it, got ${show(text)}`)
  }
  if (itsLog !== logId) {
    throw new Fault("CURSOR_TOO_OLD", `after: expected a cursor of log ${logId}, got one of another log`)
  }
  return { offset: Number(offsetText), index: Number(indexText) }
}
