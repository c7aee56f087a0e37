import type { PlayerState } from "../domain/player.js"
import type { State } from "../domain/states.js"
import { BOARDS, type Board, type Score, type ScoreWrites } from "../ports/viewStore.js"

/** The score of a player or guild on each board that it is on; empty when it does not exist. */
export function scoresOf(state: State): Readonly<Partial<Record<Board, number>>> {
  if (state === null) return {}
  if ("members" in state) return { guildSize: state.members.length }
  return { gold: state.gold, swords: swordsOf(state), monsters: state.monstersBeaten }
}

function swordsOf({ swords }: PlayerState): number {
  return Object.values(swords).reduce((sum, count) => sum + count, 0)
}

/** A state as last written, and as it is now. */
export interface StateChange {
  readonly before: State
  readonly after: State
}

/** The scores that changed; a player or guild that no longer exists leaves its boards. */
export function scoreWrites(changes: readonly StateChange[]): Record<Board, ScoreWrites> {
  const writes: Record<Board, { set: Score[]; remove: string[] }> = {
    gold: { set: [], remove: [] },
    swords: { set: [], remove: [] },
    monsters: { set: [], remove: [] },
    guildSize: { set: [], remove: [] },
  }
  for (const { before, after } of changes) {
    const id = after?.id ?? before?.id
    if (id === undefined) continue
    const old = scoresOf(before)
    const now = scoresOf(after)
    for (const board of BOARDS) {
      const score = now[board]
      if (score === old[board]) continue
      if (score === undefined) writes[board].remove.push(id)
      else writes[board].set.push({ id, score })
    }
  }
  return writes
}
