import { randomBytes } from "node:crypto"
import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { freePort, Guildhall } from "../../../test/support/guildhall.js"
import type { Closers } from "../../comparison/closers.js"
import { newEmbeddedWorld } from "../../comparison/embedded.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { processorTime } from "../../comparison/processes.js"
import { problemsOfSold } from "../../comparison/sold.js"
import { untilStatus } from "../../comparison/untilStatus.js"
import { type Side, SWORD } from "./side.js"
import { AT_A_TIME, makePlayers, NAME, problemsOfAudit } from "./world.js"

/**
 * The shipped server, embedded, with all roles. `landWithin`: so that each turn has a landing. `modules`: files that
 * the server's process loads first.
 */
export async function openEmbedded(
  players: number,
  landWithin: string,
  closers: Closers,
  modules: readonly string[] = [],
): Promise<Side> {
  const eventLoop = await EventLoop.prepare(closers, modules)
  const world = { ...(await newEmbeddedWorld(closers)), LOG_LEVEL: "warn", NODE_ENV: "production" }
  const settings = { ...world, PORT: await freePort(), LAND_WITHIN: landWithin }
  const server = await Guildhall.serve({ ...settings, ...eventLoop.settings })
  closers.add(() => server.kill9())
  const client = new GraphqlClient(server.url, AT_A_TIME)
  closers.add(() => client.close())
  const prefix = `p${randomBytes(3).toString("hex")}-`
  await makePlayers(client, prefix, players)
  return {
    name: NAME,
    url: server.origin,
    prefix,
    eventLoop,
    cost: () => processorTime([server.pid]),
    // The lander works by its own clock.
    upkeep: async () => {},
    settle: () => untilStatus(server, client, far => far.landed === far.head),
    verify: async purchases => [
      ...(await problemsOfSold(client, purchases, purchases * SWORD.price)),
      ...(await problemsOfAudit([server], world)),
    ],
  }
}
