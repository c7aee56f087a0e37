import type { Closers } from "../../comparison/closers.js"
import type { Comparison, Contender, Figure, OpenComparison } from "../../comparison/comparison.js"
import { EVENT_LOOP, EventLoop } from "../../comparison/eventLoop.js"
import { choiceOf, type Distribution } from "./choice.js"
import { Customers } from "./customers.js"
import { openEmbedded } from "./embedded.js"
import { openOnStack } from "./onStack.js"
import type { Side } from "./side.js"
import { openPeer } from "./sqlPeer.js"
import { openStub } from "./stub.js"

export type Place = "embedded" | "stack"

/** A run that counts, and a look. */
export const RUN = { players: 10_000, rounds: 7, seconds: 15, warmUp: 5 }
export const LOOK = { players: 200, rounds: 2, seconds: 2, warmUp: 1 }

export const FIGURES: readonly Figure[] = [
  { name: "perSecond", heading: "purchases a second", label: "the rate", better: "more", decisive: true },
  { name: "cost", heading: "cost, µs a purchase", label: "the cost", better: "less", decisive: true },
  { name: "p50", heading: "p50, ms", label: "the p50", better: "less", decisive: false },
  { name: "p99", heading: "p99, ms", label: "the p99", better: "less", decisive: false },
  EVENT_LOOP,
]

interface Opened {
  readonly side: Side
  readonly role: Contender["role"]
}

/** `buySword` by 64 callers, each purchase with a key of its own: ours, PostgreSQL behind two edges, and a stub. */
export function openPurchases(place: Place, distribution: Distribution): OpenComparison {
  return async (quick, closers): Promise<Comparison> => {
    const { players, rounds, seconds, warmUp } = quick ? LOOK : RUN
    const idle = await EventLoop.ofIdle(closers)
    const opened = await openSides(place, players, `${seconds}s`, closers)
    // The limit of one is the limit of all.
    if (place === "embedded" && distribution === "uniform") {
      opened.push({ side: await openStub(closers), role: "limit" })
    }
    const choose = choiceOf(distribution, players)
    const contenders: Contender[] = []
    for (const { side, role } of opened) {
      const customers = new Customers(side, choose, idle)
      await customers.turn(warmUp * 1000)
      contenders.push(customers.contender(role, seconds * 1000))
    }
    const turnIs = `${seconds} s, 64 callers, ${players.toLocaleString("en")} players`
    return { figures: FIGURES, plotted: ["perSecond", "cost"], rounds, turnIs, contenders }
  }
}

async function openSides(
  place: Place,
  players: number,
  landWithin: string,
  closers: Closers,
): Promise<Opened[]> {
  const peer = async (edge: string, program: string, synchronousCommit: "on" | "off") => {
    const name = synchronousCommit === "on" ? `${edge}, PostgreSQL` : `${edge}, PostgreSQL not synced`
    const side = await openPeer({ name, program, players, synchronousCommit }, closers)
    return { side, role: "peer" as const }
  }
  const ours = place === "embedded" ? openEmbedded : openOnStack
  const opened: Opened[] = [
    { side: await ours(players, landWithin, closers), role: "ours" },
    await peer("Apollo, Fastify", "apolloFastify.ts", "on"),
    await peer("our edge", "ownEdge.ts", "on"),
  ]
  // Kafka's brokers do not sync each batch either.
  if (place === "stack") {
    opened.push(await peer("Apollo, Fastify", "apolloFastify.ts", "off"))
    opened.push(await peer("our edge", "ownEdge.ts", "off"))
  }
  return opened
}
