import type { Turn } from "./purchases.js"
import { isSteady, type Spread, spreadOf } from "./spread.js"

export const FIGURES = ["perSecond", "p50", "p99", "cost"] as const
export type Figure = (typeof FIGURES)[number]

/** One side's turns. */
export interface SideTurns {
  readonly name: string
  /** Ours is compared with the fastest peer; what is neither is only shown. */
  readonly role: "ours" | "peer" | "limit"
  readonly turns: readonly Turn[]
}

export interface Verdict {
  /** The peer with the highest median rate. */
  readonly peer: string
  /** Ours divided by the peer's, of the medians; null when the machine was too busy for a verdict. */
  readonly ratios: Readonly<Record<Figure, number>> | null
  /** Whose figures, and which, lay too far apart. */
  readonly unsteady: readonly string[]
}

export function spreadIn({ turns }: SideTurns, figure: Figure): Spread {
  return spreadOf(turns.map(turn => turn[figure]))
}

/** Throws RangeError unless there is ours and a peer, each with turns. */
export function verdictOf(sides: readonly SideTurns[]): Verdict {
  const ours = sides.find(({ role }) => role === "ours")
  const rate = (side: SideTurns) => spreadIn(side, "perSecond").median
  const [peer] = sides.filter(({ role }) => role === "peer").sort((a, b) => rate(b) - rate(a))
  if (ours === undefined || peer === undefined) throw new RangeError("expected our side and a peer")
  const unsteady = [ours, peer].flatMap(side => unsteadyOf(side))
  const ratio = (figure: Figure) => spreadIn(ours, figure).median / spreadIn(peer, figure).median
  const ratios = { perSecond: ratio("perSecond"), p50: ratio("p50"), p99: ratio("p99"), cost: ratio("cost") }
  return { peer: peer.name, ratios: unsteady.length === 0 ? ratios : null, unsteady }
}

/** The rate and the cost decide; a quartile of a percentile may lie anywhere. */
function unsteadyOf(side: SideTurns): string[] {
  const decisive = ["perSecond", "cost"] as const
  return decisive.filter(figure => !isSteady(spreadIn(side, figure))).map(figure => `${side.name}: ${figure}`)
}
