import type { Closers } from "../../comparison/closers.js"
import { newEmbeddedWorld } from "../../comparison/embedded.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { forked } from "../../comparison/forked.js"
import { processorTime } from "../../comparison/processes.js"
import type { Side } from "./side.js"

/** The shipped server over commands that answer a constant of the same shape: the most that ours could reach. */
export async function openStub(closers: Closers): Promise<Side> {
  const eventLoop = await EventLoop.prepare(closers)
  const settings = {
    ...(await newEmbeddedWorld(closers)),
    ...eventLoop.settings,
    PORT: "0",
    LOG_LEVEL: "warn",
  }
  const { url, pid } = await forked(
    new URL("../../peers/stubCommands.ts", import.meta.url),
    [],
    settings,
    closers,
  )
  return {
    name: "our edge, a constant",
    url,
    prefix: "p",
    eventLoop,
    cost: () => processorTime([pid]),
    upkeep: async () => {},
    settle: async () => {},
    verify: async () => [],
  }
}
