import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { freePort, Guildhall } from "../../../test/support/guildhall.js"
import type { Closers } from "../../comparison/closers.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { processorTime } from "../../comparison/processes.js"
import type { Side } from "./side.js"
import { AT_A_TIME, landed, makePlayers, NAME, problemsOfAudit, problemsOfSales } from "./world.js"

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
  const folder = await mkdtemp(join(tmpdir(), "guildhall-bench-"))
  closers.add(() => rm(folder, { recursive: true, force: true }))
  const eventLoop = await EventLoop.prepare(closers, modules)
  const world = { DATA_DIR: folder, LOG_LEVEL: "warn", NODE_ENV: "production" }
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
    settle: () => landed(client),
    verify: async purchases => [
      ...(await problemsOfSales(client, purchases)),
      ...(await problemsOfAudit([server], world)),
    ],
  }
}
