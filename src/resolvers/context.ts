import type { Game } from "./game.js"
import { Loaders } from "./loaders.js"
import { parsePosition } from "./position.js"

/** What the resolvers of one operation share. */
export interface Context {
  readonly game: Game
  /** Until when a query may wait, in milliseconds since 1970. */
  readonly deadline: number
  readonly loaders: Loaders
  /** Aborted when the client has left: then nobody waits for reads. */
  readonly left: AbortSignal
  /** The keys that the server made, by response name. */
  readonly idempotencyKeys: Record<string, string>
}

export function newContext(game: Game, left: AbortSignal): Context {
  const deadline = game.clock.now() + game.queryDeadlineMs
  // Without a prototype: a client chooses the names.
  const idempotencyKeys = Object.create(null) as Record<string, string>
  return { game, deadline, loaders: new Loaders(game, deadline, left), left, idempotencyKeys }
}

/**
 * Waits until this process has read up to a position, so that what is read next is as of that position or
 * later. Throws BAD_USER_INPUT, VIEWS_BEHIND at the deadline, and the tail's fault.
 */
export async function reached(
  { game, deadline, loaders }: Context,
  atLeast: string | null | undefined,
): Promise<void> {
  if (atLeast === null || atLeast === undefined) return
  const { tail, clock } = game
  const offset = parsePosition("atLeast", atLeast, tail.genesis.logId)
  await tail.reachedBy(offset, clock, deadline, "atLeast is offset")
  loaders.renew()
}
