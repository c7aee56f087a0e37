import type { ReadCommit } from "../lake/delta/table.js"

/** `landed`: we landed these offsets. `moved`: somebody else landed some of them. */
export type LandingOutcome = "landed" | "moved"

/** What a lander is about to publish. */
export interface Attempt {
  /** The `txn` application of the realm. */
  readonly appId: string
  readonly start: number
  /** Exclusive. */
  readonly end: number
  /** The lander's own: all of its commits carry it. */
  readonly uuid: string
}

/**
 * What the commits read since then mean for an attempt; null when it may still be published: the log has landed up to
 * its start, as before.
 */
export function outcomeOf(
  attempt: Attempt,
  landed: number,
  commits: readonly ReadCommit[],
): LandingOutcome | null {
  if (landed === attempt.start) return null
  const ours = endsOf(
    attempt,
    commits.filter(commit => isOurs(attempt, commit)),
  )
  return ours.includes(attempt.end) ? "landed" : "moved"
}

function isOurs({ uuid }: Attempt, { actions }: ReadCommit): boolean {
  return actions.some(({ commitInfo }) => commitInfo?.uuid === uuid)
}

/** The offsets up to which commits landed the realm's log. */
function endsOf({ appId }: Attempt, commits: readonly ReadCommit[]): readonly number[] {
  return commits
    .flatMap(({ actions }) => actions)
    .flatMap(({ txn }) => (txn?.appId === appId ? [txn.version] : []))
}
