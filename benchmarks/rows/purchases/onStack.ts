import { randomBytes } from "node:crypto"
import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { freePort, Guildhall } from "../../../test/support/guildhall.js"
import type { Closers } from "../../comparison/closers.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { processorTime } from "../../comparison/processes.js"
import { problemsOfSold } from "../../comparison/sold.js"
import { newStackWorld, stackPids } from "../../comparison/stack.js"
import { untilStatus } from "../../comparison/untilStatus.js"
import { type Side, SWORD } from "./side.js"
import { AT_A_TIME, makePlayers, NAME, problemsOfAudit } from "./world.js"

/** Those that work for a purchase; Presto only answers reports. */
const SERVICES = ["kafka", "redis", "namenode", "datanode"] as const

/**
 * The shipped server on Kafka, Redis and HDFS: a process that answers, and one that projects and lands.
 * `landWithin`: so that each turn has a landing.
 */
export async function openOnStack(players: number, landWithin: string, closers: Closers): Promise<Side> {
  const eventLoop = await EventLoop.prepare(closers)
  const world = { ...(await newStackWorld(closers)), LOG_LEVEL: "warn", NODE_ENV: "production" }
  const port = await freePort()
  const worker = Guildhall.start(["serve"], { ...world, ROLES: "projector,lander", LAND_WITHIN: landWithin })
  closers.add(() => worker.kill9())
  // Ready only once there are views.
  const api = await Guildhall.serve({ ...world, ...eventLoop.settings, ROLES: "api", PORT: port })
  closers.add(() => api.kill9())
  const client = new GraphqlClient(api.url, AT_A_TIME)
  closers.add(() => client.close())
  const prefix = `p${randomBytes(3).toString("hex")}-`
  await makePlayers(client, prefix, players)
  const roots = [api.pid, worker.pid, ...(await stackPids(SERVICES))]
  return {
    name: NAME,
    url: api.origin,
    prefix,
    eventLoop,
    cost: () => processorTime(roots),
    // The lander works by its own clock.
    upkeep: async () => {},
    settle: () => untilStatus(api, client, far => far.landed === far.head),
    verify: async purchases => [
      ...(await problemsOfSold(client, purchases, purchases * SWORD.price)),
      ...(await problemsOfAudit([api, worker], world)),
    ],
  }
}
