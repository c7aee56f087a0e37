import { closedLoop, type Load } from "./closedLoop.js"
import type { Turn } from "./comparison.js"

const CALLERS = 64

/** A running server, with whatever works for it. */
export interface CalledServer {
  /** `http://host:port` */
  readonly url: string
  /** Processor time that all server-side processes have used so far, in microseconds. */
  cost(): Promise<number>
  /** Called in the middle of a turn: what the service does only now and then, such as PostgreSQL's checkpoint. */
  upkeep(): Promise<void>
  /** Called after a turn, as part of its cost: waits for whatever was put off. */
  settle(): Promise<void>
}

/**
 * A turn of 64 callers, each of whom sends its next request when it has checked the answer to the one before.
 * `takeDelay`: of the server's event loop since its last call, in milliseconds.
 */
export async function turnOfCallers(
  server: CalledServer,
  calls: Pick<Load, "path" | "body" | "check">,
  durationMs: number,
  takeDelay?: () => Promise<number>,
): Promise<Turn> {
  const before = await server.cost()
  await takeDelay?.()
  const upkeep = after(durationMs / 2, () => server.upkeep())
  const load = { url: server.url, connections: CALLERS, durationMs, ...calls }
  const { requests, perSecond, p50, p99 } = await closedLoop(load)
  const eventLoop = await takeDelay?.()
  await upkeep
  await server.settle()
  const cost = ((await server.cost()) - before) / requests
  return { perSecond, p50, p99, cost, ...(eventLoop === undefined ? {} : { eventLoop }) }
}

function after(ms: number, work: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => work().then(resolve, reject), ms)
  })
}
