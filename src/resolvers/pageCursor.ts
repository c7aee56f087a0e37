import { show } from "../domain/input.js"
import { guildId, playerId } from "../domain/kinds.js"
import { Fault } from "../ports/faults.js"
import { opaqueText, readOpaqueText } from "./opaqueText.js"

/** The kinds of pages, and the form of their sort keys. A cursor of one kind cannot resume another. */
const sortKeys = {
  guilds: (key: string) => guildId.is(key),
  members: (key: string) => playerId.is(key),
  /** An event's id, `<offset>-<index>`. */
  purchases: (key: string) => /^\d{1,15}-\d{1,6}$/.test(key),
} as const

export type PageOf = keyof typeof sortKeys

/** A page's cursor as clients see it: opaque, base64url of `<page>:<logId>:<sort key>`. */
export function pageCursor(logId: string, page: PageOf, key: string): string {
  return opaqueText(`${page}:${logId}:${key}`)
}

/**
 * The sort key of a cursor, null for none. Throws BAD_USER_INPUT if it is malformed or of another kind of
 * page, CURSOR_TOO_OLD if it is of another log: its sort key means something else here, or nothing.
 */
export function parsePageCursor(logId: string, page: PageOf, text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  const [, itsPage, itsLog, key = ""] = /^([a-z]+):(.+):([^:]+)$/.exec(readOpaqueText(text)) ?? []
  if (itsPage !== page || !sortKeys[page](key)) {
    throw new Fault("BAD_USER_INPUT", `after: expected a cursor of a page of ${page}, got ${show(text)}`)
  }
  if (itsLog !== logId) {
    throw new Fault("CURSOR_TOO_OLD", `after: expected a cursor of log ${logId}, got one of another log`)
  }
  return key
}
