import { rm } from "node:fs/promises"
import { join } from "node:path"
import { emptyRedis } from "../../../test/stack/support/redis.js"
import type { Closers } from "../../comparison/closers.js"
import type { Comparison, Figure, OpenComparison } from "../../comparison/comparison.js"
import { newEmbeddedWorld } from "../../comparison/embedded.js"
import { fillLog } from "../../comparison/filledLog.js"
import { newStackWorld, stackPids } from "../../comparison/stack.js"
import { openLimit } from "./limit.js"
import { openOurs } from "./ours.js"
import type { RebuildWorld } from "./side.js"

/** A run that counts, and a look. */
const RUN = { players: 10_000, guilds: 50, events: 1_000_000, rounds: 7 }
const LOOK = { players: 200, guilds: 5, events: 3000, rounds: 2 }

const FIGURES: readonly Figure[] = [
  { name: "perSecond", heading: "events a second", label: "the rate", better: "more", decisive: true },
  { name: "cost", heading: "cost, µs an event", label: "the cost", better: "less", decisive: true },
]

/** The views rebuilt from a log, and the same log only read and judged. */
export function openRebuild(place: "embedded" | "stack"): OpenComparison {
  return async (quick, closers): Promise<Comparison> => {
    const { rounds, ...size } = quick ? LOOK : RUN
    const kept = place === "embedded" ? await embedded(closers) : await onStack(closers)
    const world: RebuildWorld = { ...kept, filled: await fillLog(kept.settings, size) }
    const [events, players] = [size.events, size.players].map(count => count.toLocaleString("en"))
    return {
      figures: FIGURES,
      plotted: ["perSecond", "cost"],
      rounds,
      turnIs: `one rebuild from ${events} events of ${players} players`,
      contenders: [openOurs(world), openLimit(world)],
    }
  }
}

async function embedded(closers: Closers): Promise<Omit<RebuildWorld, "filled">> {
  const settings = await newEmbeddedWorld(closers)
  const views = join(settings.DATA_DIR, "realm-0", "views")
  const removeViews = () => rm(views, { recursive: true, force: true })
  return { settings, views: "LMDB", services: [], logServices: [], removeViews }
}

async function onStack(closers: Closers): Promise<Omit<RebuildWorld, "filled">> {
  const settings = await newStackWorld(closers)
  const logServices = await stackPids(["kafka"])
  const services = await stackPids(["kafka", "redis"])
  const removeViews = async () => {
    const { client } = await emptyRedis()
    client.disconnect()
  }
  return { settings, views: "Redis", services, logServices, removeViews }
}
