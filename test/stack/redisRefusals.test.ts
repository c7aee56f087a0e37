import { rm } from "node:fs/promises"
import { inspect } from "node:util"
import { describe, expect, test } from "vitest"
import { realmPrefix } from "../../src/adapters/redis/layout.js"
import type { ViewStore } from "../../src/ports/viewStore.js"
import { checkpoint, writes } from "../contract/viewStore.js"
import { KeptLogger } from "../support/keptLogger.js"
import { openBehind, openViews, prepareRedis, startRedis, unavailable } from "./support/redisViews.js"

const request = { documents: ["a"], keys: ["k"] }
const first = writes({ documents: { a: "1" }, keys: [{ bucket: 0, id: "k", entry: "1" }] })
const second = writes({ documents: { a: "2" }, keys: [{ bucket: 0, id: "k", entry: "2" }] })
const asFirst = { checkpoint: checkpoint(1), documents: ["1"], keys: ["1"] }

const BACK_WITHIN_MS = 10_000

function isBack(store: ViewStore): Promise<void> {
  const reading = () => store.read(1, request).then(() => "back", String)
  return expect.poll(reading, { timeout: BACK_WITHIN_MS }).toBe("back")
}

describe("a Redis that would evict keys", () => {
  const evicting = ["--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"]

  test("is not opened, and the setting is named", async () => {
    const server = await startRedis(evicting)

    const message = await unavailable(openViews(server.url))

    expect(message).toContain("maxmemory-policy to be noeviction, found allkeys-lru")
  })

  test("that came later is not used, until the setting is right", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    await server.kill()
    await server.start(evicting)
    const told = () => unavailable(store.read(1, request)).catch(String)
    await expect.poll(told, { timeout: BACK_WITHIN_MS }).toContain("noeviction, found allkeys-lru")

    await (await openBehind(server.url)).config("SET", "maxmemory-policy", "noeviction")

    await isBack(store)
  })

  test("by a setting made while it runs is noticed with its memory", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    await (await openBehind(server.url)).config("SET", "maxmemory-policy", "volatile-ttl")

    expect(await unavailable(store.usedShare())).toContain("noeviction, found volatile-ttl")
    expect(await unavailable(store.read(1, request))).toContain("noeviction, found volatile-ttl")
  })
})

test("a Redis without the database of the URL is not opened: nothing lands in another one", async () => {
  const server = await startRedis(["--databases", "4"])

  const message = await unavailable(openViews(`${server.url}/4`))

  expect(message).toContain(
    "/4 (setting REDIS_URL): it refuses the database 4 (ERR DB index is out of range)",
  )
  await expect(openViews(`${server.url}/3`).then(store => store.usedShare())).resolves.toBe(0)
})

describe("a Redis that is full", () => {
  async function full() {
    const server = await startRedis(["--maxmemory", "6mb", "--maxmemory-policy", "noeviction"])
    const store = await openViews(server.url)
    const text = "x".repeat(100_000)
    await store.swap(null, checkpoint(1), writes({ documents: { a: "first" } }))
    let offset = 1
    const fill = async (): Promise<string> => {
      for (; offset < 200; offset++) {
        const more = writes({ documents: { [`d${offset}`]: text, a: `${offset + 1}` } })
        await store.swap(checkpoint(offset), checkpoint(offset + 1), more)
      }
      return "never full"
    }
    const message = await unavailable(fill())
    return { server, store, message, offset }
  }

  test("refuses swaps, says so with used and most, and has changed nothing", async () => {
    const { store, message, offset } = await full()

    expect(message).toMatch(/the store is full .*: \d{7} bytes used of maxmemory 6291456$/)
    const { checkpoint: found, documents } = await store.read(1, { documents: ["a", `d${offset}`], keys: [] })
    expect(found).toEqual(checkpoint(offset))
    expect(documents).toEqual([`${offset}`, null])
    expect(await store.usedShare()).toBeGreaterThan(0.9)
  })

  test("takes swaps again once there is room", async () => {
    const { server, store, offset } = await full()

    await (await openBehind(server.url)).config("SET", "maxmemory", "50mb")

    expect(await store.swap(checkpoint(offset), checkpoint(offset + 1), second)).toBe(true)
    expect(await store.usedShare()).toBeLessThan(0.5)
  })

  test("by half has no room for a second generation, and says how much it needs", async () => {
    const server = await startRedis(["--maxmemory", "6mb", "--maxmemory-policy", "noeviction"])
    const store = await openViews(server.url)
    const text = "x".repeat(2_000_000)
    await store.swap(null, checkpoint(1), writes({ documents: { a: "first", big: text } }))
    const next = checkpoint(1, { generation: "1.2" })

    const message = await unavailable(store.swap(null, next, first, "1.1"))

    expect(message).toMatch(
      /no room to fill generation 1.2 .*bytes used of maxmemory 6291456; expected \d{7}/,
    )
    await (await openBehind(server.url)).config("SET", "maxmemory", "50mb")
    expect(await store.swap(null, next, first, "1.1")).toBe(true)
    expect(await store.read(1, request)).toEqual({ ...asFirst, checkpoint: next })
  })

  test("by half has no room for views of a newer fold version beside an older build's", async () => {
    const server = await startRedis(["--maxmemory", "6mb", "--maxmemory-policy", "noeviction"])
    const store = await openViews(server.url)
    const text = "x".repeat(2_000_000)
    await store.swap(null, checkpoint(1), writes({ documents: { a: "first", big: text } }))
    const newer = checkpoint(1, { generation: "2.1" })

    expect(await unavailable(store.swap(null, newer, first))).toMatch(/no room to fill generation 2.1 /)

    await (await openBehind(server.url)).config("SET", "maxmemory", "50mb")
    expect(await store.swap(null, newer, first)).toBe(true)
    expect((await store.read(1, request)).checkpoint).toEqual(checkpoint(1))
  })

  test("of leftovers makes room for a new beginning", async () => {
    const { server, store } = await full()
    await (await openBehind(server.url)).del(`${realmPrefix(0)}live:1`)

    expect(await store.swap(null, checkpoint(1), first)).toBe(true)

    expect(await store.read(1, request)).toEqual(asFirst)
    await expect.poll(() => store.usedShare()).toBeLessThan(0.5)
  })
})

describe("a Redis that asks for a password", () => {
  const settings = ["--requirepass", "right-one"]

  test.each([
    ["redis://:wr%C3%B6ng-secret@", "refuses the credentials of REDIS_URL (WRONGPASS"],
    ["redis://mallory:wr%C3%B6ng-secret@", "refuses the credentials of REDIS_URL (WRONGPASS"],
    ["redis://", "asks for a password, REDIS_URL has none"],
  ])("is not opened by %s, and no word tells the password", async (start, told) => {
    const server = await startRedis(settings)
    const logger = new KeptLogger()

    const error = await openViews(`${start}127.0.0.1:${server.port}`, logger).catch((error: unknown) => error)

    expect(error).toMatchObject({ code: "VIEWS_UNAVAILABLE", message: expect.stringContaining(told) })
    const everything = inspect([error, logger.entries], { depth: 20, showHidden: true })
    expect(everything).toContain("127.0.0.1")
    for (const secret of ["secret", "wr%C3", "mallory"]) expect(everything).not.toContain(secret)
  })

  test("is opened by the right one, with any characters, encoded as in every URL", async () => {
    const password = "r:ght@one/%41?#"
    const server = await startRedis(["--requirepass", password])
    const store = await openViews(`redis://:${encodeURIComponent(password)}@127.0.0.1:${server.port}/3`)

    expect(await store.swap(null, checkpoint(1), first)).toBe(true)
    expect(await store.read(1, request)).toEqual(asFirst)
  })

  test("that changed: calls fail and say so, until it is right again", async () => {
    const server = await startRedis(settings)
    const url = `redis://:right-one@127.0.0.1:${server.port}`
    const store = await openViews(url)
    const behind = await openBehind(url)
    await behind.config("SET", "requirepass", "another")
    await behind.call("CLIENT", ["KILL", "TYPE", "normal"])
    const told = () => unavailable(store.read(1, request)).catch(String)
    await expect.poll(told, { timeout: BACK_WITHIN_MS }).toContain("refuses the credentials")

    await behind.config("SET", "requirepass", "right-one")

    await isBack(store)
  })

  test("and gives too few rights is not opened, and says which are needed", async () => {
    const server = await startRedis()
    const behind = await openBehind(server.url)
    await behind.acl("SETUSER", "game", "on", ">secret", "~*", "+@read", "+ping")

    const message = await unavailable(openViews(`redis://game:secret@127.0.0.1:${server.port}`))

    expect(message).toContain("may not do what the view store needs")
  })
})

describe("a Redis that cannot write", () => {
  test("as a replica: swaps fail and say so, it connects anew; to a master, they go on", async () => {
    const server = await startRedis()
    const logger = new KeptLogger()
    const store = await openViews(server.url, logger)
    const behind = await openBehind(server.url)
    await store.swap(null, checkpoint(1), first)
    await behind.replicaof("127.0.0.1", "1")

    expect(await unavailable(store.swap(checkpoint(1), checkpoint(2), second))).toContain("it is a replica")
    const reasons = () => logger.entries.map(({ fields }) => JSON.stringify(fields))
    await expect.poll(reasons).toContainEqual(expect.stringContaining("it is a replica"))

    await behind.replicaof("NO", "ONE")
    await isBack(store)
    expect(await store.read(1, request)).toEqual(asFirst)
    expect(await store.swap(checkpoint(1), checkpoint(2), second)).toBe(true)
  })

  test("to its disk: swaps fail and say so, and have changed nothing", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    const behind = await openBehind(server.url)
    await store.swap(null, checkpoint(1), first)
    await behind.config("SET", "save", "3600 1")
    await rm(server.folder, { recursive: true })
    await behind.bgsave()
    const failed = async () => /rdb_last_bgsave_status:(\w+)/.exec(await behind.info("persistence"))?.[1]
    await expect.poll(failed).toBe("err")

    const message = await unavailable(store.swap(checkpoint(1), checkpoint(2), second))

    expect(message).toContain("it cannot save to its disk")
    expect(await store.read(1, request)).toEqual(asFirst)
  })

  test("while it loads its data: calls fail and say so, until it is there", async () => {
    const server = await prepareRedis(["--save", "", "--dbfilename", "dump.rdb"])
    await server.start()
    const behind = await openBehind(server.url)
    for (let i = 0; i < 3_000; i++) void behind.set(`key ${i}`, "x")
    await behind.save()
    await server.kill()

    const store = await openViews(server.url)
    await server.start(["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"])
    const told = () => unavailable(store.read(1, request)).catch(String)
    await expect.poll(told, { interval: 10, timeout: 3_000 }).toContain("it is loading its data")

    await isBack(store)
  })
})

describe("a Redis that others wrote in", () => {
  const key = (rest: string) => `${realmPrefix(0)}${rest}`
  const foreign: Record<string, { readonly spoil: readonly [string, ...string[]]; readonly told: string }> = {
    "the checkpoint is no JSON": { spoil: ["SET", key("1.1:checkpoint"), "garbage"], told: "garbage" },
    "the checkpoint is of another realm": {
      spoil: ["SET", key("1.1:checkpoint"), JSON.stringify(checkpoint(9, { realm: 9 }))],
      told: "expected a checkpoint of realm 0",
    },
    "the checkpoint is another type": { spoil: ["LPUSH", key("1.1:checkpoint"), "x"], told: "WRONGTYPE" },
    "the pointer is another type": { spoil: ["LPUSH", key("live:1"), "x"], told: "WRONGTYPE" },
    "the documents are another type": { spoil: ["SET", key("1.1:documents"), "x"], told: "WRONGTYPE" },
    "the buckets are another type": { spoil: ["SET", key("1.1:buckets"), "x"], told: "WRONGTYPE" },
    "a bucket is another type": { spoil: ["SET", key("1.1:keys:0"), "x"], told: "WRONGTYPE" },
  }
  test.each(Object.entries(foreign))(
    "%s: reads say so, a swap changes nothing",
    async (_, { spoil, told }) => {
      const server = await startRedis()
      const store = await openViews(server.url)
      const behind = await openBehind(server.url)
      await store.swap(null, checkpoint(1), first)
      const [command, name = "", ...rest] = spoil
      await behind.del(name)
      await behind.call(command, [name, ...rest])
      const before = await everythingIn(behind)

      expect(await unavailable(store.read(1, request))).toContain(told)
      const swapped = await store.swap(checkpoint(1), checkpoint(2), second).catch(error => error.code)

      expect([false, "VIEWS_UNAVAILABLE"]).toContain(swapped)
      expect(await everythingIn(behind)).toEqual(before)
    },
  )

  test("a leaderboard is another type: every answer says so, a swap changes nothing", async () => {
    const server = await startRedis()
    const store = await openViews(server.url)
    const behind = await openBehind(server.url)
    await store.swap(null, checkpoint(1), first)
    await behind.set(key("1.1:board:gold"), "x")
    const before = await everythingIn(behind)

    expect(await unavailable(store.top(1, "gold", 10))).toContain("WRONGTYPE")
    expect(await unavailable(store.swap(checkpoint(1), checkpoint(2), second))).toContain("board:gold")

    expect(await unavailable(store.read(1, request))).toContain("board:gold")
    expect(await everythingIn(behind)).toEqual(before)
  })

  async function everythingIn(behind: Awaited<ReturnType<typeof openBehind>>): Promise<unknown> {
    const names = (await behind.keys("*")).sort()
    return Promise.all(names.map(async name => [name, (await behind.dumpBuffer(name))?.toString("base64")]))
  }
})
