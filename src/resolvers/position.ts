import { show } from "../domain/input.js"
import { Fault } from "../ports/faults.js"
import { opaqueText, readOpaqueText } from "./opaqueText.js"

/** A position in the realm's log as clients see it: opaque, base64url of `<logId>:<offset>`. */
export function positionText(logId: string, offset: number): string {
  return opaqueText(`${logId}:${offset}`)
}

/** The offset of a position. Throws BAD_USER_INPUT if it is malformed or of another log. */
export function parsePosition(field: string, text: string, logId: string): number {
  const [, itsLog, digits] = /^(.+):(\d{1,16})$/.exec(readOpaqueText(text)) ?? []
  const offset = Number(digits)
  if (itsLog === undefined || !Number.isSafeInteger(offset)) throw malformed(field, text)
  if (itsLog === logId) return offset
  throw new Fault("BAD_USER_INPUT", `${field}: expected a position of log ${logId}, got one of another log`)
}

function malformed(field: string, text: string): Fault {
  const expected = "a position as a mutation's payload gives it"
  return new Fault("BAD_USER_INPUT", `${field}: expected ${expected}, got ${show(text)}`)
}
