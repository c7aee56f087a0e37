import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { freePort, Guildhall } from "../../../test/support/guildhall.js"
import { Closers } from "../../comparison/closers.js"
import type { Turn } from "../../comparison/comparison.js"
import { processorTime } from "../../comparison/processes.js"
import { untilStatus } from "../../comparison/untilStatus.js"
import { problemsOfAudit } from "../purchases/world.js"
import { type RebuildSide, type RebuildWorld, turnOf } from "./side.js"

/** As docs/operations.md says: with its views removed, a server is started, and rebuilds them from the log. */
export function openOurs(world: RebuildWorld): RebuildSide {
  const settings = { ...world.settings, LOG_LEVEL: "warn", NODE_ENV: "production" }
  return {
    name: `Guildhall, into ${world.views}`,
    role: "ours",
    turn: () => Closers.closing(closers => rebuilt(world, settings, closers)),
    verify: () => problemsOfAudit([], settings),
  }
}

/** From the start of the process until the views are at the log's head. */
async function rebuilt(
  { filled, services, removeViews }: RebuildWorld,
  settings: Readonly<Record<string, string>>,
  closers: Closers,
): Promise<Turn> {
  await removeViews()
  // Without a lander: the lake is rebuilt by a way of its own.
  const own = { ...settings, ROLES: "api,projector", PORT: await freePort() }
  const before = await processorTime(services)
  const begun = performance.now()
  const server = Guildhall.start(["serve"], own)
  closers.add(() => server.kill9())
  const client = new GraphqlClient(server.url)
  closers.add(() => client.close())
  await untilStatus(server, client, ({ projected }) => projected >= filled.head)
  const ms = performance.now() - begun
  const cpu = (await processorTime([server.pid, ...services])) - before
  const code = await server.stop()
  if (code !== 0) throw new Error(`guildhall ended with ${code}:\n${server.output}`)
  return turnOf(filled, ms, cpu)
}
