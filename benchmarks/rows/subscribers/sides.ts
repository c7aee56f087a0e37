import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { freePort, Guildhall } from "../../../test/support/guildhall.js"
import type { Closers } from "../../comparison/closers.js"
import { newEmbeddedWorld } from "../../comparison/embedded.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { forked } from "../../comparison/forked.js"
import { AT_A_TIME, makePlayers, NAME, problemsOfAudit } from "../purchases/world.js"
import { Audience } from "./audience.js"
import type { NoticeSide } from "./side.js"

/** The length of a cursor of ours. */
const CURSOR_LENGTH = 36
/** Of one address: all subscribers are on this machine, and so are a few more. */
const SPARE_SOCKETS = 10

const PREFIX = "buyer-"

/** The shipped server, embedded, with all roles. */
export async function openOurs(subscribers: number, groups: number, closers: Closers): Promise<NoticeSide> {
  const eventLoop = await EventLoop.prepare(closers)
  const world = { ...(await newEmbeddedWorld(closers)), LOG_LEVEL: "warn", NODE_ENV: "production" }
  const limits = { SOCKETS_PER_ADDRESS: String(subscribers + SPARE_SOCKETS) }
  const settings = { ...world, ...limits, ...eventLoop.settings, PORT: await freePort() }
  const server = await Guildhall.serve(settings)
  closers.add(() => server.kill9())
  const client = new GraphqlClient(server.url, AT_A_TIME)
  closers.add(() => client.close())
  await makePlayers(client, PREFIX, groups)
  return {
    name: NAME,
    url: server.url,
    pid: server.pid,
    eventLoop,
    audience: await Audience.begin(server.url, subscribers, groups, closers),
    playerOf: group => `${PREFIX}${group}`,
    verify: () => problemsOfAudit([server], world),
  }
}

/** A bare `ws` server that sends as many messages of the same size to as many sockets. */
export async function openBare(subscribers: number, groups: number, closers: Closers): Promise<NoticeSide> {
  const eventLoop = await EventLoop.prepare(closers)
  const program = new URL("./bareServer.ts", import.meta.url)
  const { url, pid } = await forked(program, [String(CURSOR_LENGTH)], eventLoop.settings, closers)
  return {
    name: "a bare ws server",
    url: `${url}/graphql`,
    pid,
    eventLoop,
    audience: await Audience.begin(`${url}/graphql`, subscribers, groups, closers),
    playerOf: group => `${PREFIX}${group}`,
    verify: async () => [],
  }
}
