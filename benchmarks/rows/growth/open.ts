import type { Comparison, Contender, Figure, OpenComparison } from "../../comparison/comparison.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { GrownWorld } from "./grownWorld.js"
import { GrowthSide } from "./side.js"

/** A run that counts, and a look. */
const RUN = { players: 10_000, guilds: 50, commands: [1_000_000, 100_000], rounds: 7, seconds: 15, warmUp: 3 }
const LOOK = { players: 100, guilds: 5, commands: [3000, 300], rounds: 1, seconds: 1, warmUp: 1 }

const FIGURES: readonly Figure[] = [
  { name: "perSecond", heading: "purchases a second", label: "the rate", better: "more", decisive: true },
  { name: "p99", heading: "p99, ms", label: "the p99", better: "less", decisive: false },
  { name: "startMs", heading: "start to ready, ms", label: "the start", better: "less", decisive: true },
  {
    name: "startMemory",
    heading: "memory when ready, MiB",
    label: "the memory when ready",
    better: "less",
    decisive: true,
  },
  {
    name: "memory",
    heading: "memory after the turn, MiB",
    label: "the memory after the turn",
    better: "less",
    decisive: true,
  },
]

/** A server with a long log, and one with a short log: the ratio is what the length costs. */
export const openGrowth: OpenComparison = async (quick, closers): Promise<Comparison> => {
  const { players, guilds, commands, rounds, seconds, warmUp } = quick ? LOOK : RUN
  const idle = await EventLoop.ofIdle(closers)
  const contenders: Contender[] = []
  for (const [place, events] of commands.entries()) {
    const world = await GrownWorld.make({ players, guilds, events }, closers)
    const side = new GrowthSide(world, { players, seconds, warmUp, idle })
    contenders.push({
      name: `Guildhall, ${events.toLocaleString("en")} commands`,
      role: place === 0 ? "ours" : "peer",
      turn: () => side.turn(),
      verify: () => side.verify(),
    })
  }
  const turnIs = `a start and ${seconds} s, 64 callers, ${players.toLocaleString("en")} players`
  return { figures: FIGURES, plotted: ["perSecond", "startMs"], rounds, turnIs, contenders }
}
