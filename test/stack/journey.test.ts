import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { setTimeout as lasting } from "node:timers/promises"
import { promisify } from "node:util"
import type { Redis } from "ioredis"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { openGenesis } from "../../src/log/genesis.js"
import type { PositionedEvent } from "../../src/tail/eventFilter.js"
import { eventsIn } from "../history/support/model.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { ReportPoll } from "../support/reportPoll.js"
import { expectExact } from "../support/reportTruth.js"
import { kafkaBrokers, openTestLog } from "./support/kafka.js"
import { OwnLake, type Sold, type Sums } from "./support/ownLake.js"
import { emptyRedis } from "./support/redis.js"

const run = promisify(execFile)

/** How long one API process is stopped: its session with the broker and its commands' deadlines run out. */
const STOPPED_MS = 30_000

/** How long one lander is stopped: the other has landed its records since. */
const ZOMBIE_MS = 60_000

/** Longer than Kafka, a server and Redis are away, one after the other, on a busy machine. */
const GIVEN_UP_AFTER = "120s"

interface OwnRealm {
  readonly settings: Readonly<Record<string, string>>
  readonly topic: string
  readonly redis: Redis
  readonly lake: OwnLake
}

/** A realm of its own: a new topic, an emptied Redis database, a lake and a schema in Presto. */
async function newRealm(): Promise<OwnRealm> {
  const { url, client: redis } = await emptyRedis()
  const topic = `journey-${randomBytes(4).toString("hex")}`
  const lake = new OwnLake()
  const settings = {
    ...lake.settings,
    KAFKA_BROKERS: kafkaBrokers().join(","),
    KAFKA_TOPIC: topic,
    REDIS_URL: url,
    LOG_LEVEL: "warn",
  }
  return { settings, topic, redis, lake }
}

// Shows R47.
describe("two API processes and two projectors on Kafka, Redis, HDFS and Presto", () => {
  let realm: OwnRealm
  let first: Guildhall
  let second: Guildhall
  let projectors: Guildhall[]
  let landers: Guildhall[] = []

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
    for (const stopped of [second, ...landers]) stopped.signal("SIGCONT")
    await Promise.all([first, second, ...projectors, ...landers].map(process => process.kill9()))
    landers = []
    realm.redis.disconnect()
    await realm.lake.remove()
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

  it("50,000 mutations survive kills, stops, services restarted and emptied, and are in the lake once", async () => {
    const { settings, redis, topic, lake } = realm
    const lander = () => {
      const own = { ROLES: "lander", LAND_WITHIN: "3s", LOG_LEVEL: "info" }
      return Guildhall.start(["serve"], { ...settings, ...own })
    }
    landers = [lander(), lander()]
    const poll = ReportPoll.begin([first.url])
    const urls = ["--url", first.url, second.url]
    const many = ["--count", "50000", "--within", GIVEN_UP_AFTER]
    const load = Guildhall.start(["load", ...urls, ...many, "--verify", "--json"])
    await passes(first, 4_000)
    const { zombie, heir } = await oneStandsBy(landers)

    second.signal("SIGSTOP")
    zombie.signal("SIGSTOP")
    const woken = lasting(ZOMBIE_MS).then(() => zombie.signal("SIGCONT"))
    await lasting(STOPPED_MS)
    second.signal("SIGCONT")
    await first.kill9()
    first = await Guildhall.serve(first.settings)
    await projectors[0]?.kill9()
    await passes(first, 12_000)
    await becomes(heir, "active")
    await restart("kafka")
    const nameNode = restart("namenode")
    await passes(first, 16_000)
    await redis.flushdb()
    await Promise.all([nameNode, woken])
    await becomes(zombie, "standby")
    await heir.kill9()

    const code = await load.exited()
    expect(load.output).toContain('"verified": true')
    expect(code).toBe(0)
    await expect.poll(() => isLanded(first), { timeout: 120_000, interval: 500 }).toBe(true)
    await poll.stop()

    expect(stateOf(zombie)).toBe("active")
    const [once, between, again] = (await lake.landers()).slice(-3)
    expect({ isBack: once === again, isOther: between !== again }).toEqual({ isBack: true, isOther: true })
    const events = await allThatHappened(topic)
    const truth = sumsOf(events)
    for (const { url } of [first, second]) expect(await soldBy(url)).toEqual(truth.sold)
    expect(await lake.sumsOfTable()).toEqual(truth)
    await expect.poll(() => lake.sumsOfViews(), { timeout: 90_000, interval: 1_000 }).toEqual(truth)
    expect(poll.sales.length).toBeGreaterThan(20)
    expectExact(poll, events)
    const audit = await Guildhall.run(["audit"], settings)
    expect(audit.output).toContain(
      "the log is sound, and the views are its fold; the lake has each event once",
    )
    expect(audit.code).toBe(0)
  }, 1_500_000)
})

async function restart(service: string): Promise<void> {
  await run("scripts/stack", ["restart", service], { timeout: 120_000 })
}

/** What a lander last said of itself; it says nothing before it stands by for the first time. */
function stateOf(lander: Guildhall): string {
  const [, state = "active"] = [...lander.output.matchAll(/"state":"(\w+)","msg":"lander"/g)].at(-1) ?? []
  return state
}

/** Both begin to land; one of them finds that the other has landed its records. */
async function oneStandsBy(landers: readonly Guildhall[]) {
  const inState = (state: string) => landers.filter(lander => stateOf(lander) === state)
  await expect.poll(() => inState("standby").length, { timeout: 60_000, interval: 100 }).toBe(1)
  const [zombie] = inState("active")
  const [heir] = inState("standby")
  if (zombie === undefined || heir === undefined) throw new Error("expected one lander in each state")
  return { zombie, heir }
}

async function becomes(lander: Guildhall, state: string): Promise<void> {
  await expect.poll(() => stateOf(lander), { timeout: 90_000, interval: 100 }).toBe(state)
}

/** Whether all that a server has read is in the lake. */
async function isLanded({ url }: Guildhall): Promise<boolean> {
  const { data, errors } = await ask(url, "{ sales(by: []) { landedThrough through } }")
  const sales = data?.sales as { landedThrough: string; through: string } | undefined
  if (sales === undefined) throw new Error(JSON.stringify(errors))
  return sales.landedThrough === sales.through
}

/** The effective events of the realm's topic, read by the judged reader. */
async function allThatHappened(topic: string): Promise<readonly PositionedEvent[]> {
  const log = await openTestLog({ topic, readOnly: true })
  try {
    const newId = () => "none"
    const genesis = await openGenesis(log, { realm: 0, newId, signal: new AbortController().signal })
    return await eventsIn(log, genesis, (await log.bounds()).head)
  } finally {
    await log.close()
  }
}

/** The sums once more, as plainly as possible. */
function sumsOf(events: readonly PositionedEvent[]): Sums {
  const sold = new Map<string, Sold>()
  let [joins, granted] = [0, 0]
  for (const { event } of events) {
    if (event.type === "GuildJoined") joins += 1
    if (event.type === "GoldGranted") granted += event.data.amount
    if (event.type !== "SwordBought") continue
    const { swordType: sword, price } = event.data
    const { purchases, revenue } = sold.get(sword) ?? { purchases: 0, revenue: 0 }
    sold.set(sword, { sword, purchases: purchases + 1, revenue: revenue + price })
  }
  return { sold: inOrder([...sold.values()]), joins, granted }
}

/** What a server says of all that was bought. */
async function soldBy(url: string): Promise<readonly Sold[]> {
  const { data } = await ask(url, "{ sales(by: [SWORD]) { rows { sword { type } purchases revenue } } }")
  const sales = data?.sales as { rows: (Omit<Sold, "sword"> & { sword: { type: string } })[] } | undefined
  const rows = sales?.rows ?? []
  return inOrder(rows.map(({ sword, purchases, revenue }) => ({ sword: sword.type, purchases, revenue })))
}

function inOrder(sold: readonly Sold[]): readonly Sold[] {
  return [...sold].sort((one, other) => (one.sword < other.sword ? -1 : 1))
}

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
