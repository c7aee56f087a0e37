import { Redis } from "ioredis"
import { describe, expect, onTestFinished, test } from "vitest"
import { realmPrefix, swapCall } from "../../src/adapters/redis/layout.js"
import { SWAP } from "../../src/adapters/redis/scripts.js"
import type { ViewStore } from "../../src/ports/viewStore.js"
import { checkpoint, writes } from "../contract/viewStore.js"
import { KeptLogger } from "../support/keptLogger.js"
import { LossyProxy } from "./support/proxy.js"
import { openBehind, openViews, prepareRedis, startRedis, unavailable } from "./support/redisViews.js"

const request = { documents: ["a"], keys: [] }
const first = writes({ documents: { a: "1" } })
const second = writes({ documents: { a: "2" } })

/** The store's own bound is 2 s. */
const ANSWER_WITHIN_MS = 2_500
const BACK_WITHIN_MS = 10_000

function isBack(store: ViewStore): Promise<void> {
  const reading = () => store.read(1, request).then(() => "back", String)
  return expect.poll(reading, { timeout: BACK_WITHIN_MS }).toBe("back")
}

async function durationOf(call: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await call
  return performance.now() - start
}

async function lossyProxy(port: number): Promise<LossyProxy> {
  const proxy = await LossyProxy.to(port)
  onTestFinished(() => proxy.close())
  return proxy
}

describe("Redis that is away", () => {
  test("at the start: calls fail at once and say so, until it is there", async () => {
    const server = await prepareRedis()
    const logger = new KeptLogger()
    const store = await openViews(server.url, logger)

    for (const call of [store.read(1, request), store.swap(null, checkpoint(1), first), store.usedShare()]) {
      expect(await unavailable(call)).toBe(
        `Redis at redis://127.0.0.1:${server.port} (setting REDIS_URL): connection refused`,
      )
    }
    await server.start()
    await isBack(store)
    expect(await store.swap(null, checkpoint(1), first)).toBe(true)
    expect(logger.seen).toEqual(["warn: view store: unavailable", "info: view store: connected"])
  })

  test("killed and started again: calls fail fast, then it is empty and filled anew", async () => {
    const server = await startRedis()
    const logger = new KeptLogger()
    const store = await openViews(server.url, logger)
    await store.swap(null, checkpoint(1), first)

    await server.kill()
    await expect.poll(() => durationOf(unavailable(store.read(1, request)))).toBeLessThan(50)
    await server.start()
    await isBack(store)

    expect(await store.read(1, request)).toEqual({ checkpoint: null, documents: [null], keys: [] })
    expect(await store.swap(checkpoint(1), checkpoint(2), second)).toBe(false)
    expect(await store.swap(null, checkpoint(2), second)).toBe(true)
    expect(logger.seen.at(0)).toBe("info: view store: connected")
    expect(logger.seen.at(-1)).toBe("info: view store: connected")
    expect(new Set(logger.seen.slice(1, -1))).toEqual(new Set(["warn: view store: unavailable"]))
    expect(logger.seen.length).toBeLessThanOrEqual(5)
  })

  test("while a call waits for its answer: the call fails, and does not wait on", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    server.signal("SIGSTOP")
    const waiting = unavailable(store.read(1, request))

    await server.kill()

    expect(await waiting).toContain("the connection was closed before the answer came")
  })

  test("closed while it is away, the store leaves nothing running", async () => {
    const server = await prepareRedis()
    const store = await openViews(server.url)

    expect(await durationOf(store.close())).toBeLessThan(ANSWER_WITHIN_MS)
    expect(await unavailable(store.read(1, request))).toContain("the store is closed")
  })
})

describe("Redis that stands still", () => {
  test("fails a call in time, then fails fast, and comes back", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    await store.swap(null, checkpoint(1), first)
    server.signal("SIGSTOP")

    const waited = await durationOf(
      unavailable(store.read(1, request)).then(message =>
        expect(message).toContain("no answer within 2000 ms"),
      ),
    )

    expect(waited).toBeLessThan(ANSWER_WITHIN_MS)
    await expect
      .poll(() => durationOf(unavailable(store.read(1, request))), { timeout: BACK_WITHIN_MS })
      .toBeLessThan(50)
    server.signal("SIGCONT")
    await isBack(store)
    expect(await store.read(1, request)).toEqual({ checkpoint: checkpoint(1), documents: ["1"], keys: [] })
  })

  test("may do later the swap that it did not answer; the next one from the same checkpoint then loses", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    const other = await openViews(server.url)
    await store.swap(null, checkpoint(1), first)
    server.signal("SIGSTOP")
    await unavailable(store.swap(checkpoint(1), checkpoint(2), second))

    server.signal("SIGCONT")
    await isBack(other)

    const late = writes({ documents: { a: "3" } })
    const won = await other.swap(checkpoint(1), checkpoint(3), late)
    const { checkpoint: found, documents } = await other.read(1, request)
    expect([won, found?.offset, ...documents]).toEqual(won ? [true, 3, "3"] : [false, 2, "2"])
  })

  test("holds no more than 10,000 calls", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    server.signal("SIGSTOP")
    const calls = Array.from({ length: 10_050 }, () => unavailable(store.read(1, request)))

    const start = performance.now()
    const refused = await Promise.all(calls.slice(-50))
    const took = performance.now() - start

    expect(new Set(refused.map(message => message.includes("10000 calls already wait")))).toEqual(
      new Set([true]),
    )
    expect(took).toBeLessThan(1_000)
    await server.kill()
    await Promise.all(calls)
  })
})

describe("Redis whose answers are lost", () => {
  test("did the swap: it fails, reading tells, repeating it loses and changes nothing", async () => {
    const server = await startRedis()
    const proxy = await lossyProxy(server.port)
    const store = await openViews(`redis://127.0.0.1:${proxy.port}`)
    await store.swap(null, checkpoint(1), first)

    proxy.loseNextAnswer()
    await unavailable(store.swap(checkpoint(1), checkpoint(2), second))
    await isBack(store)

    expect(await store.read(1, request)).toEqual({ checkpoint: checkpoint(2), documents: ["2"], keys: [] })
    expect(await store.swap(checkpoint(1), checkpoint(2), writes({ documents: { a: "3" } }))).toBe(false)
    expect((await store.read(1, request)).documents).toEqual(["2"])
  })

  test("runs a swap twice for a client that sends again, and the second time does nothing", async () => {
    const server = await startRedis()
    const proxy = await lossyProxy(server.port)
    const store = await openViews(server.url)
    await store.swap(null, checkpoint(1), first)
    const resending = new Redis(proxy.port, "127.0.0.1")
    onTestFinished(() => resending.disconnect())
    await resending.ping()
    const { keys, args } = swapCall(realmPrefix(0), {
      from: checkpoint(1),
      to: checkpoint(2),
      writes: second,
      replaces: null,
    })

    proxy.loseNextAnswer()
    const answer = await resending.call("eval", [SWAP.lua, keys.length, ...keys, ...args])

    expect(answer).toBe(0)
    expect(await store.read(1, request)).toEqual({ checkpoint: checkpoint(2), documents: ["2"], keys: [] })
  })
})

describe("Redis that lost something", () => {
  test("by FLUSHALL: it answers null, an old swap loses, a new one fills it", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    await store.swap(null, checkpoint(1), first)

    await (await openBehind(server.url)).flushall()

    expect(await store.read(1, request)).toEqual({ checkpoint: null, documents: [null], keys: [] })
    expect(await store.swap(checkpoint(1), checkpoint(2), second)).toBe(false)
    expect(await store.swap(null, checkpoint(2), second)).toBe(true)
  })

  test("by SCRIPT FLUSH: every call goes on", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    const behind = await openBehind(server.url)
    await store.swap(null, checkpoint(1), first)
    await store.read(1, request)

    await behind.script("FLUSH")
    expect((await store.read(1, request)).documents).toEqual(["1"])
    await behind.script("FLUSH")
    expect(await store.swap(checkpoint(1), checkpoint(2), second)).toBe(true)
    await behind.script("FLUSH")
    expect((await store.list(1, "guilds", null, 1)).checkpoint).toEqual(checkpoint(2))
  })
})
