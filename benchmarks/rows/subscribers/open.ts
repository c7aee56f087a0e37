import type { Comparison, Contender, Figure, OpenComparison } from "../../comparison/comparison.js"
import { EVENT_LOOP, EventLoop } from "../../comparison/eventLoop.js"
import { openBare, openOurs } from "./sides.js"
import { Watched } from "./watched.js"

/**
 * A run that counts, and a look. In each group one purchase a second is a notice to all of its subscribers: so 50
 * purchases make 5,000 notices, and do not dominate what the server does.
 */
const RUN = { subscribers: 5000, groups: 50, rounds: 7, seconds: 15, warmUp: 5 }
const LOOK = { subscribers: 100, groups: 10, rounds: 2, seconds: 2, warmUp: 1 }

/** How far the sizes of the two sides' messages may lie apart, as a share: ids and cursors differ by some digits. */
const SAME_SIZE = 0.05

const less = { better: "less", decisive: false } as const
const FIGURES: readonly Figure[] = [
  { ...less, name: "p50", heading: "p50, ms", label: "the p50" },
  { ...less, name: "p99", heading: "p99, ms", label: "the p99" },
  { ...less, name: "cost", heading: "cost, µs a notice", label: "the cost" },
  { ...less, name: "memory", heading: "memory, MiB", label: "the memory" },
  { ...less, name: "dropped", heading: "dropped", label: "what was dropped" },
  EVENT_LOOP,
]

/** Subscribers with a socket and a notice a second each: ours, and a bare server that only sends. */
export const openSubscribers: OpenComparison = async (quick, closers): Promise<Comparison> => {
  const { subscribers, groups, rounds, seconds, warmUp } = quick ? LOOK : RUN
  const idle = await EventLoop.ofIdle(closers)
  const ours = new Watched(await openOurs(subscribers, groups, closers), idle)
  const bare = new Watched(await openBare(subscribers, groups, closers), idle)
  for (const side of [ours, bare]) await side.turn(warmUp * 1000)
  const verifyBare = async () => [
    ...(await bare.verify()),
    ...problemsOfSizes(ours.meanBytes, bare.meanBytes),
  ]
  const contenders: Contender[] = [
    { name: "Guildhall", role: "ours", turn: () => ours.turn(seconds * 1000), verify: () => ours.verify() },
    { name: "a bare ws server", role: "limit", turn: () => bare.turn(seconds * 1000), verify: verifyBare },
  ]
  const turnIs = `${seconds} s, ${subscribers.toLocaleString("en")} sockets with a notice a second each`
  return { figures: FIGURES, plotted: ["p99", "cost"], rounds, turnIs, contenders }
}

/** The limit is one only if it sends as much. */
function problemsOfSizes(ours: number, bare: number): string[] {
  if (Math.abs(bare - ours) <= SAME_SIZE * ours) return []
  return [`expected messages of the same size, found ${ours.toFixed(0)} and ${bare.toFixed(0)} bytes`]
}
