import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { setTimeout as lasting } from "node:timers/promises"
import { promisify } from "node:util"
import { Redis } from "ioredis"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { ask, freePort, Guildhall } from "../support/guildhall.js"

const run = promisify(execFile)

/** How long one API process is stopped: its session with the broker and its commands' deadlines run out. */
const STOPPED_MS = 30_000

function service(name: "KAFKA_BROKERS" | "REDIS_URL"): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: run scripts/test --stack`)
  return value
}

/** Settings of a realm of its own: a new topic, an emptied Redis database. */
async function newRealm(): Promise<{ settings: Record<string, string>; redis: Redis }> {
  const url = new URL(service("REDIS_URL"))
  url.pathname = "/7"
  const redis = new Redis(url.href)
  await redis.flushdb()
  const topic = `journey-${randomBytes(4).toString("hex")}`
  const settings = {
    KAFKA_BROKERS: service("KAFKA_BROKERS"),
    KAFKA_TOPIC: topic,
    REDIS_URL: url.href,
    LOG_LEVEL: "warn",
  }
  return { settings, redis }
}

describe("two API processes and two projectors on Kafka and Redis", () => {
  let realm: Awaited<ReturnType<typeof newRealm>>
  let first: Guildhall
  let second: Guildhall
  let projectors: Guildhall[]

  beforeEach(async () => {
    realm = await newRealm()
    const { settings } = realm
    const projector = () => Guildhall.start(["serve"], { ...settings, ROLES: "projector" })
    projectors = [projector()]
    first = await Guildhall.serve({ ...settings, ROLES: "api", PORT: await freePort() })
    projectors.push(projector())
    second = await Guildhall.serve({ ...settings, ROLES: "api", PORT: await freePort() })
  })

  afterEach(async () => {
    second.signal("SIGCONT")
    await Promise.all([first, second, ...projectors].map(process => process.kill9()))
    realm.redis.disconnect()
  })

  it("200 purchases at once by a player with gold for 100: exactly 100 happen", async () => {
    await mutate(first.url, "registerPlayer", { playerId: "alice", name: "Alice", region: "eu" })
    const buys = Array.from({ length: 200 }, (_, i) => {
      return mutate(i % 2 === 0 ? first.url : second.url, "buySword", {
        playerId: "alice",
        swordType: "wooden-sword",
      })
    })
    const answers = await Promise.all(buys)
    expect(answers.filter(({ refusal }) => refusal === null)).toHaveLength(100)
    expect(answers.filter(({ refusal }) => refusal?.code === "NOT_ENOUGH_GOLD")).toHaveLength(100)
  })

  it("one key sent 50 times at once to both: one effect, 50 equal answers", async () => {
    await mutate(first.url, "registerPlayer", { playerId: "bob", name: "Bob", region: "eu" })
    const input = { playerId: "bob", swordType: "dagger", idempotencyKey: "once" }
    const sends = Array.from({ length: 50 }, (_, i) =>
      mutate(i % 2 === 0 ? first.url : second.url, "buySword", input),
    )
    const answers = await Promise.all(sends)
    expect(new Set(answers.map(({ purchase }) => purchase?.id)).size).toBe(1)
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(answers.map(({ player }) => player?.gold))).toEqual(new Set([975]))
  })

  it("50,000 mutations survive kills, a stop, a broker restart and an emptied Redis", async () => {
    const { settings, redis } = realm
    const urls = ["--url", first.url, second.url]
    const load = Guildhall.start(["load", ...urls, "--count", "50000", "--verify", "--json"])
    await passes(first, 4_000)
    second.signal("SIGSTOP")
    await lasting(STOPPED_MS)
    second.signal("SIGCONT")
    await first.kill9()
    first = await Guildhall.serve(first.settings)
    await projectors[0]?.kill9()
    await passes(first, 12_000)
    await run("scripts/stack", ["restart", "kafka"], { timeout: 120_000 })
    await passes(first, 16_000)
    await redis.flushdb()
    const code = await load.exited()
    expect(load.output).toContain('"verified": true')
    expect(code).toBe(0)
    const audit = await Guildhall.run(["audit"], settings)
    expect(audit.output).toContain("the log is sound, and the views are its fold")
    expect(audit.code).toBe(0)
  }, 600_000)
})

interface Payload {
  readonly refusal: { readonly code: string } | null
  readonly replayed: boolean
  readonly player: { readonly gold: number } | null
  readonly purchase?: { readonly id: string } | null
}

/** Asks until the answer is definite: with two processes on one player, conflicts and retries belong to it. */
async function mutate(url: string, name: string, input: Record<string, string>): Promise<Payload> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const more = name === "buySword" ? "purchase { id }" : ""
  const query = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { refusal { code } replayed player { gold } ${more} } }`
  const key = input.idempotencyKey ?? randomBytes(8).toString("hex")
  for (let tries = 0; tries < 10; tries++) {
    const { data, errors } = await ask(url, query, { input: { ...input, idempotencyKey: key } })
    const answer: Payload | undefined = data?.answer
    if (answer) return answer
    if (!errors?.every(({ extensions }) => "retryable" in extensions && extensions.retryable)) {
      throw new Error(`${name}: ${JSON.stringify(errors)}`)
    }
  }
  throw new Error(`${name}: no definite answer after 10 tries`)
}

/** Waits until a server has read the log beyond an offset. */
async function passes(server: Guildhall, offset: number): Promise<void> {
  const tail = async () => {
    const { data } = await ask(server.url, "{ status { tail } }").catch(() => ({ data: undefined }))
    return (data?.status as { tail: number } | undefined)?.tail ?? 0
  }
  await expect.poll(tail, { timeout: 180_000, interval: 100 }).toBeGreaterThan(offset)
}
