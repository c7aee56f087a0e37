import type { Contender, Figure, Turn } from "./comparison.js"
import { isSteady, type Spread, spreadOf } from "./spread.js"

/** One side's turns. */
export interface SideTurns extends Pick<Contender, "name" | "role"> {
  readonly turns: readonly Turn[]
}

export interface Verdict {
  /** The best peer by the first figure. */
  readonly peer: string
  /** Ours divided by the peer's, of the medians, for the figures that both have. */
  readonly ratios: readonly { readonly figure: Figure; readonly ratio: number }[]
  /** Whose decisive figures, and which, lay too far apart; if there are any, the machine was too busy. */
  readonly unsteady: readonly string[]
}

/** Null for a side that does not have this figure. */
export function spreadIn({ turns }: SideTurns, { name }: Pick<Figure, "name">): Spread | null {
  const values = turns.flatMap(turn => turn[name] ?? [])
  return values.length === 0 ? null : spreadOf(values)
}

/** Null unless there is a side of ours and a peer. */
export function verdictOf(figures: readonly Figure[], sides: readonly SideTurns[]): Verdict | null {
  const ours = sides.find(({ role }) => role === "ours")
  const peer = bestPeer(figures, sides)
  if (ours === undefined || peer === undefined) return null
  const ratios = figures.flatMap(figure => {
    const [own, theirs] = [spreadIn(ours, figure), spreadIn(peer, figure)]
    return own === null || theirs === null ? [] : { figure, ratio: own.median / theirs.median }
  })
  const unsteady = [ours, peer].flatMap(side => unsteadyOf(figures, side))
  return { peer: peer.name, ratios, unsteady }
}

function bestPeer([first]: readonly Figure[], sides: readonly SideTurns[]): SideTurns | undefined {
  if (first === undefined) return undefined
  const sign = first.better === "more" ? -1 : 1
  const value = (side: SideTurns) => (spreadIn(side, first)?.median ?? 0) * sign
  return sides.filter(({ role }) => role === "peer").sort((a, b) => value(a) - value(b))[0]
}

function unsteadyOf(figures: readonly Figure[], side: SideTurns): string[] {
  return figures.flatMap(figure => {
    const spread = figure.decisive ? spreadIn(side, figure) : null
    return spread === null || isSteady(spread) ? [] : `${side.name}: ${figure.heading}`
  })
}
