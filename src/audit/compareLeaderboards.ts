import { type Aggregate, guildAggregate, playerAggregate } from "../domain/aggregates.js"
import { BOARDS, type Board, type Score } from "../ports/viewStore.js"
import { scoresOf } from "../projections/leaderboards.js"
import { byRank } from "../projections/scores.js"
import type { Comparison } from "./compareDocuments.js"
import type { AuditFold } from "./fold.js"

/** How many scores of each board are compared: a hundred times what a query can show, and still one answer. */
export const LEADERS_MAX = 10_000

/** Compares the best of each leaderboard with the scores of the fold. Returns how many scores were compared. */
export async function compareLeaderboards(comparison: Comparison): Promise<number> {
  let compared = 0
  for (const board of BOARDS) compared += await compareBoard(board, comparison)
  return compared
}

async function compareBoard(board: Board, { views, fold, findings, foldTo }: Comparison): Promise<number> {
  const { checkpoint, scores: found } = await views.top(board, LEADERS_MAX)
  await foldTo(checkpoint)
  const differs = (id: string, expected: unknown, got: unknown) =>
    findings.add({ kind: "leaderboard", subject: aggregateOf(board, id), field: board, expected, found: got })

  for (const { id, score } of found) {
    const expected = scoreIn(fold, board, id)
    if (score !== expected) differs(id, expected, score)
  }
  for (const { id, score } of missing(leadersOf(fold, board), found)) differs(id, score, null)
  for (const [i, score] of found.entries()) {
    const before = found[i - 1]
    if (before !== undefined && byRank(before, score) >= 0)
      differs(score.id, `ahead of ${before.id}`, "behind it")
  }
  return found.length
}

/** The expected scores not found, without those that the limit may have cut off: they rank behind all found ones. */
function missing(expected: readonly Score[], found: readonly Score[]): readonly Score[] {
  const ids = new Set(found.map(({ id }) => id))
  const last = found.length < LEADERS_MAX ? undefined : found.at(-1)
  return expected.filter(score => !ids.has(score.id) && (last === undefined || byRank(score, last) < 0))
}

function leadersOf(fold: AuditFold, board: Board): Score[] {
  const scores: Score[] = []
  for (const { state } of fold.documents.values()) {
    const score = scoresOf(state)[board]
    if (state !== null && score !== undefined) scores.push({ id: state.id, score })
  }
  return scores.sort(byRank).slice(0, LEADERS_MAX)
}

/** Null when it is not on the board. */
function scoreIn(fold: AuditFold, board: Board, id: string): number | null {
  return scoresOf(fold.document(aggregateOf(board, id)).state)[board] ?? null
}

function aggregateOf(board: Board, id: string): Aggregate {
  return board === "guildSize" ? guildAggregate(id) : playerAggregate(id)
}
