import { BOARDS, SCORE_MAX, type Score, type ViewWrites } from "../ports/viewStore.js"

/**
 * What every store requires of the scores of a swap: whole numbers from 0 to `SCORE_MAX`. Throws an Error otherwise: a
 * bug of the caller. Called before anything is written.
 */
export function assertScores({ scores }: ViewWrites): void {
  for (const board of BOARDS) {
    for (const { id, score } of scores[board].set) {
      if (Number.isSafeInteger(score) && score >= 0) continue
      throw new Error(
        `score of ${id} on ${board}: expected a whole number from 0 to ${SCORE_MAX}, got ${score}`,
      )
    }
  }
}

/** The order of a leaderboard: below 0 when the first is ahead. Ids are ASCII, so code units give their byte order. */
export function byRank(one: Score, other: Score): number {
  if (one.score !== other.score) return other.score - one.score
  return one.id < other.id ? -1 : Number(one.id > other.id)
}
