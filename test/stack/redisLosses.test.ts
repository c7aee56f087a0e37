import type { Redis } from "ioredis"
import { describe, expect, onTestFinished, test } from "vitest"
import { realmPrefix } from "../../src/adapters/redis/layout.js"
import { loadConfig } from "../../src/app/config.js"
import { openRealm } from "../../src/app/openRealm.js"
import { type Realm } from "../../src/app/realm.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { checkpoint, writes } from "../contract/viewStore.js"
import { temporaryFolder } from "../support/folder.js"
import { Guildhall } from "../support/guildhall.js"
import { KeptLogger } from "../support/keptLogger.js"
import { openBehind, openViews, startRedis } from "./support/redisViews.js"

const request = { documents: ["a"], keys: [] }
const first = writes({ documents: { a: "1" } })
const second = writes({ documents: { a: "2" } })

const WAIT = { timeout: 30_000 }

/** Full for a moment: Redis evicts at least one key by this policy, then it may not any more. */
async function evict(behind: Redis, policy: string): Promise<void> {
  const used = async () => Number(/^used_memory:(\d+)/m.exec(await behind.info("memory"))?.[1])
  for (let i = 0; i < 20; i++) await behind.set(`another's ${i}`, "x".repeat(10_000), "EX", 1000)
  await behind.config("SET", "maxmemory-policy", policy)
  await behind.config("SET", "maxmemory", `${(await used()) - 50_000}`)
  const evicted = async () => {
    await behind.set("one more", "x", "EX", 1000).catch(() => {})
    return Number(/^evicted_keys:(\d+)/m.exec(await behind.info("stats"))?.[1])
  }
  await expect.poll(evicted).toBeGreaterThan(0)
  await behind.config("SET", "maxmemory", "0")
  await behind.config("SET", "maxmemory-policy", "noeviction")
}

describe("keys that Redis evicted", () => {
  test("were maybe ours, whatever is left: the views are as none, and are built again", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    await store.swap(null, checkpoint(1), first)

    await evict(await openBehind(server.url), "volatile-lru")

    expect((await store.read(1, request)).checkpoint).toBeNull()
    expect((await store.list(1, "guilds", null, 1)).checkpoint).toBeNull()
    expect((await store.top(1, "gold", 1)).checkpoint).toBeNull()
    expect(await store.swap(checkpoint(1), checkpoint(2), second)).toBe(false)
    expect(await store.swap(null, checkpoint(1), first)).toBe(true)
    expect((await store.read(1, request)).checkpoint).toEqual(checkpoint(1))
    expect(await store.swap(checkpoint(1), checkpoint(2), second)).toBe(true)
  })

  test("are counted from 0 by a Redis that was started again: what it loaded is trusted, and watched from then on", async () => {
    const server = await startRedis(["--dbfilename", "dump.rdb"])
    const behind = await openBehind(server.url)
    await evict(behind, "volatile-lru")
    const store = await openViews(server.url)
    await store.swap(null, checkpoint(1), first)
    await behind.save()
    await server.kill()
    await server.start()

    const loaded = () => store.read(1, request).then(({ documents }) => documents, String)
    await expect.poll(loaded, { timeout: 10_000 }).toEqual(["1"])
    expect(await store.swap(checkpoint(1), checkpoint(2), second)).toBe(true)
    await evict(await openBehind(server.url), "volatile-lru")

    expect((await store.read(1, request)).checkpoint).toBeNull()
  })
})

describe("a realm whose Redis", () => {
  const losses: Record<string, (behind: Redis, base: string) => Promise<unknown>> = {
    "was full for a moment, under allkeys-lru,": behind => evict(behind, "allkeys-lru"),
    "lost the documents": (behind, base) => behind.del(`${base}:documents`),
    "lost one document": (behind, base) => behind.hdel(`${base}:documents`, "player/alice"),
    "lost a bucket of keys": (behind, base) => behind.del(`${base}:keys:0`),
    "lost one key": (behind, base) => behind.hdel(`${base}:keys:0`, "alice/the sword"),
    "lost the set of buckets": (behind, base) => behind.del(`${base}:buckets`),
    "lost the list of guilds": (behind, base) => behind.del(`${base}:list:guilds`),
    "lost a place on a board": (behind, base) => behind.zrem(`${base}:board:gold`, "alice"),
    "lost the checkpoint": (behind, base) => behind.del(`${base}:checkpoint`),
    "lost the counts": (behind, base) => behind.del(`${base}:counts`),
    "lost the live generation's name": behind => behind.del(`${realmPrefix(0)}live:${FOLD_VERSION}`),
  }

  test.each(Object.entries(losses))(
    "%s builds the views again: no second sword, no second registration, and the log stays sound",
    async (_, lose) => {
      const redis = await startRedis()
      const behind = await openBehind(redis.url)
      const folder = await temporaryFolder()
      const settings = { DATA_DIR: folder, REDIS_URL: redis.url, ROLES: "api,projector" }
      const first = await open(settings)
      await register(first)
      const bought = await buy(first)
      expect(bought).toMatchObject({ replayed: false, events: [{ id: "2-0" }] })
      await expect.poll(async () => (await views(behind)).offset, WAIT).toBe(3)
      await first.close()

      await lose(behind, (await views(behind)).base)
      const again = await open(settings)

      expect(await buy(again)).toMatchObject({ replayed: true, events: [{ id: "2-0" }] })
      expect((await register(again)).refusal).toMatchObject({ code: "PLAYER_EXISTS" })
      await expect.poll(async () => (await views(behind)).offset, WAIT).toBe(3)
      await again.close()
      // In a process of its own: the settings of the stack, which this one has, must not leak in.
      const { code, output } = await Guildhall.run(["audit"], settings)
      const lines = output.split("\n")
      expect([code, lines.filter(line => line.startsWith("DIFFERENT"))]).toEqual([0, []])
      expect(lines).toContain(
        "gold       975 = 1000 at the start + 0 granted + 0 for swords + 0 won - 25 spent",
      )
    },
  )
})

async function open(settings: Record<string, string>): Promise<Realm> {
  const realm = await openRealm(loadConfig(settings), { logger: new KeptLogger() })
  onTestFinished(() => realm.close())
  return realm
}

function register({ commands }: Realm) {
  const input = { playerId: "alice", name: "Alice", region: "eu" }
  return commands.execute({ name: "registerPlayer", input })
}

function buy({ commands }: Realm) {
  const input = { playerId: "alice", swordType: "dagger" }
  return commands.execute({ name: "buySword", input, idempotencyKey: "the sword" })
}

/** How far the views in Redis are, and what the names of their parts begin with. */
async function views(behind: Redis): Promise<{ readonly base: string; readonly offset: number }> {
  const base = `${realmPrefix(0)}${await behind.get(`${realmPrefix(0)}live:${FOLD_VERSION}`)}`
  const checkpoint = JSON.parse((await behind.get(`${base}:checkpoint`)) ?? "{}")
  return { base, offset: checkpoint.offset ?? 0 }
}
