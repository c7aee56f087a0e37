import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { realmPrefix } from "../../src/adapters/redis/layout.js"
import { openRedisViewStore } from "../../src/adapters/redis/viewStore.js"
import { checkpoint, type ViewStoreFixture, viewStoreContract, writes } from "../contract/viewStore.js"
import type { ViewPart } from "../fakes/viewData.js"
import { KeptLogger } from "../support/keptLogger.js"
import { freePort, RedisServer, redisClient, stackRedisUrl } from "./support/redis.js"

/** Realms that no one else uses, anew in each run. */
let nextRealm = 1_000_000 + 2 * Math.floor(Math.random() * 1_000_000_000)

const partOf: Readonly<Record<ViewPart, string>> = {
  documents: "documents",
  keys: "keys:0",
  guilds: "list:guilds",
  gold: "board:gold",
  swords: "board:swords",
  monsters: "board:monsters",
  guildSize: "board:guildSize",
}

async function fixture(url: string): Promise<ViewStoreFixture> {
  const realm = nextRealm
  nextRealm += 2
  const open = (of = realm) => openRedisViewStore({ url, realm: of, logger: new KeptLogger() })
  const behind = await redisClient(url)
  return {
    realm,
    store: await open(),
    connect: () => open(),
    reopen: open,
    forget: async () => {
      await behind.del(`${realmPrefix(realm)}live:1`)
      return open()
    },
    lose: async (generation, part, what) => {
      const key = `${realmPrefix(realm)}${generation}:${partOf[part]}`
      if (what === "whole") await behind.del(key)
      else if (part === "documents" || part === "keys") {
        const [name = ""] = await behind.hkeys(key)
        await behind.hdel(key, name)
      } else await behind.zpopmin(key)
      return open()
    },
    cleanup: async () => {
      for (const each of [realm, realm + 1]) {
        const keys = await behind.keys(`{guildhall/${each}}:*`)
        if (keys.length > 0) await behind.unlink(keys)
      }
      behind.disconnect()
    },
  }
}

viewStoreContract("Redis", () => fixture(stackRedisUrl()))

describe("a Redis Cluster", () => {
  let cluster: RedisServer
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster.remove())

  viewStoreContract("one node of it", () => fixture(cluster.url))

  test("holds all keys of a realm in one slot", async () => {
    const { realm, store, cleanup } = await fixture(cluster.url)
    const behind = await redisClient(cluster.url)
    const keys = [0, 1, 2].map(bucket => ({ bucket, id: `k${bucket}`, entry: "e" }))
    const scores = { gold: { a: 1 }, swords: { a: 2 }, monsters: { a: 3 }, guildSize: { g: 3 } }
    const all = writes({ documents: { a: "A" }, keys, add: ["g"], scores })
    await store.swap(null, checkpoint(1, { realm }), all)

    const names = await behind.keys("*")
    const slots = await Promise.all(names.map(name => behind.cluster("KEYSLOT", name)))

    expect(names.length).toBe(13)
    expect(new Set(slots).size).toBe(1)
    behind.disconnect()
    await store.close()
    await cleanup()
  })
})

test("a person reads the views with redis-cli", async () => {
  const url = stackRedisUrl()
  const { realm, store, cleanup } = await fixture(url)
  const behind = await redisClient(url)
  const to = checkpoint(5, { realm })
  const document = '{"gold":1000,"name":"Zoë 😀"}'
  const keys = [{ bucket: 2, id: "player/alice/k", entry: '{"offset":4}' }]
  const scores = { gold: { alice: 1000, bob: 2 ** 53 - 1 } }
  await store.swap(
    null,
    to,
    writes({ documents: { "player/alice": document }, keys, add: ["knights"], scores }),
  )
  const tag = `{guildhall/${realm}}:layout-2`

  expect(await behind.get(`${tag}:live:1`)).toBe("1.1")
  expect(JSON.parse((await behind.get(`${tag}:1.1:checkpoint`)) ?? "")).toEqual(to)
  expect(await behind.hget(`${tag}:1.1:documents`, "player/alice")).toBe(document)
  expect(await behind.hget(`${tag}:1.1:keys:2`, "player/alice/k")).toBe('{"offset":4}')
  expect(await behind.zrange(`${tag}:1.1:list:guilds`, "0", "-1")).toEqual(["knights"])
  const board = await behind.zrange(`${tag}:1.1:board:gold`, "0", "-1", "WITHSCORES")
  expect(board).toEqual(["alice", "1000", "bob", "9007199254740991"])
  expect(await behind.get(`${tag}:1.1:counts`)).toBe(
    "documents 1, list:guilds 1, board:gold 2, board:swords 0, board:monsters 0, board:guildSize 0, keys:2 1, evicted 0",
  )

  behind.disconnect()
  await store.close()
  await cleanup()
})

test("dropped buckets leave nothing behind", async () => {
  const url = stackRedisUrl()
  const { realm, store, cleanup } = await fixture(url)
  const behind = await redisClient(url)
  const at = (offset: number, firstBucket: number) =>
    checkpoint(offset, { realm, firstBucket, lastBucket: firstBucket + 2 })
  await store.swap(
    null,
    at(1, 0),
    writes({ keys: [0, 1, 2].map(bucket => ({ bucket, id: "k", entry: "e" })) }),
  )

  await store.swap(at(1, 0), at(2, 2), writes())

  const left = await behind.keys(`${realmPrefix(realm)}1.1:keys:*`)
  expect(left).toEqual([`${realmPrefix(realm)}1.1:keys:2`])
  expect(await behind.zrange(`${realmPrefix(realm)}1.1:buckets`, "0", "-1")).toEqual(["2"])
  behind.disconnect()
  await store.close()
  await cleanup()
})

/** A cluster of one node that has all slots. */
async function startCluster(): Promise<RedisServer> {
  // The default for the second port is 10,000 above the first: there may be no such port.
  const server = await RedisServer.start([
    "--cluster-enabled",
    "yes",
    "--cluster-port",
    `${await freePort()}`,
  ])
  try {
    const client = await redisClient(server.url)
    await client.cluster("ADDSLOTSRANGE", "0", "16383")
    const isUp = async () => expect(await client.cluster("INFO")).toContain("cluster_state:ok")
    await vi.waitFor(isUp, { timeout: 10_000 })
    client.disconnect()
    return server
  } catch (error) {
    await server.remove()
    throw error
  }
}
