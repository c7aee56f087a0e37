import { show } from "../domain/input.js"
import { type Field, guildId, integer, playerId } from "../domain/kinds.js"
import { type Span, spanOf } from "../history/span.js"
import { Fault } from "../ports/faults.js"
import { PAGE_DEFAULT } from "./args.js"

/** The most items in one page, and the most ids in one query. */
const PAGE_MAX = 100

const first = integer(1, PAGE_MAX)

/** The maximum size of a page, as requested or by default. Throws BAD_USER_INPUT. */
export function checkFirst(count: number | null): number {
  return check("first", first, count ?? PAGE_DEFAULT)
}

/** Throws BAD_USER_INPUT if it cannot be a player's id. */
export function checkPlayerId(field: string, id: string): string {
  return check(field, playerId, id)
}

/** Throws BAD_USER_INPUT if it cannot be a guild's id. */
export function checkGuildId(field: string, id: string): string {
  return check(field, guildId, id)
}

/** Throws BAD_USER_INPUT if there are too many, or one cannot be a player's id. */
export function checkPlayerIds(ids: readonly string[]): readonly string[] {
  if (ids.length > PAGE_MAX) {
    throw new Fault("BAD_USER_INPUT", `ids: expected at most ${PAGE_MAX} ids, got ${ids.length}`)
  }
  return ids.map((id, i) => checkPlayerId(`ids[${i}]`, id))
}

/** Times as a client gives them. */
interface Times {
  readonly from?: Date | null | undefined
  readonly to?: Date | null | undefined
}

/** A half-open span of time. Throws BAD_USER_INPUT if it is empty. */
export function checkSpan({ from, to }: Times, prefix = ""): Span {
  if (from && to && from >= to) {
    const times = `${from.toISOString()} and ${to.toISOString()}`
    throw new Fault("BAD_USER_INPUT", `${prefix}from: expected a time before ${prefix}to, got ${times}`)
  }
  return spanOf(from?.getTime() ?? null, to?.getTime() ?? null)
}

/** Throws BAD_USER_INPUT. */
export function check<T>(field: string, kind: Field<T>, value: T): T {
  if (kind.is(value)) return value
  throw new Fault("BAD_USER_INPUT", `${field}: expected ${kind.expected}, got ${show(value)}`)
}
