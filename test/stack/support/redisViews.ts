import type { Redis } from "ioredis"
import { onTestFinished } from "vitest"
import { openRedisViewStore } from "../../../src/adapters/redis/viewStore.js"
import { isFault } from "../../../src/ports/faults.js"
import type { ViewStore } from "../../../src/ports/viewStore.js"
import { KeptLogger } from "../../support/keptLogger.js"
import { RedisServer, redisClient } from "./redis.js"

/** A Redis of the test's own, gone when the test is over. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await prepareRedis(settings)
  await server.start()
  return server
}

/** The same, not started yet. */
export async function prepareRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await RedisServer.prepare(settings)
  onTestFinished(() => server.remove())
  return server
}

/** Realm 0's views, closed when the test is over. */
export async function openViews(url: string, logger = new KeptLogger()): Promise<ViewStore> {
  const store = await openRedisViewStore({ url, realm: 0, logger })
  onTestFinished(() => store.close())
  return store
}

/** A client for looking behind the store, closed when the test is over. */
export async function openBehind(url: string): Promise<Redis> {
  const client = await redisClient(url)
  onTestFinished(() => client.disconnect())
  return client
}

/** The message of the VIEWS_UNAVAILABLE that a call ends with; anything else fails. */
export async function unavailable(call: Promise<unknown>): Promise<string> {
  const outcome = await call.then(
    value => new Error(`expected VIEWS_UNAVAILABLE, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
  if (isFault(outcome, "VIEWS_UNAVAILABLE")) return outcome.message
  throw outcome
}
