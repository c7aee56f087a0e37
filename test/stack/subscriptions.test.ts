import { randomBytes, randomInt } from "node:crypto"
import type { Redis } from "ioredis"
import { afterEach, beforeEach, expect, it } from "vitest"
import { seededRandom } from "../../src/load/random.js"
import { freePort, Guildhall } from "../support/guildhall.js"
import { Market } from "../support/market.js"
import { Subscriber } from "../support/subscriber.js"
import { expectComplete, interestsIn, Watchers } from "../support/watchers.js"
import { kafkaBrokers } from "./support/kafka.js"
import { emptyRedis } from "./support/redis.js"

const seed = Number(process.env.SEED ?? randomInt(1_000_000))

const HAPPENINGS = 6000
const KILL_AT = [1500, 3500]

/** The filters by time open and close in the middle of the load. */
const FROM_MS = 1000
const TO_MS = 4000

let first: Guildhall
let second: Guildhall
let projector: Guildhall
let redis: Redis

beforeEach(async () => {
  const { url, client } = await emptyRedis()
  redis = client
  const settings = {
    KAFKA_BROKERS: kafkaBrokers().join(","),
    KAFKA_TOPIC: `subscriptions-${randomBytes(4).toString("hex")}`,
    REDIS_URL: url,
    LOG_LEVEL: "warn",
  }
  projector = Guildhall.start(["serve"], { ...settings, ROLES: "projector", PORT: await freePort() })
  first = await Guildhall.serve({ ...settings, ROLES: "api", PORT: await freePort() })
  second = await Guildhall.serve({ ...settings, ROLES: "api", PORT: await freePort() })
})

afterEach(async () => {
  await Promise.all([first, second, projector].map(process => process.kill9()))
  redis.disconnect()
})

it(`subscriptions go on from process to process without gap or double, whichever is killed (SEED=${seed})`, async () => {
  const random = seededRandom(seed)
  const urls = [first.url, second.url]
  const market = new Market({ urls: () => urls, players: 32, name: `s${seed}`, random })
  const stopping: { stop(): Promise<void> }[] = []
  const happens = (count: number) =>
    expect.poll(() => market.happened.length, { timeout: 60_000, interval: 20 }).toBeGreaterThan(count)
  try {
    await market.open()
    const interests = interestsIn(market, Date.now() + FROM_MS, Date.now() + TO_MS)
    const watchers = await Watchers.begin(urls, interests, random)
    stopping.push(watchers)
    const [all] = watchers.all
    if (all === undefined) throw new Error("nobody is subscribed")
    const start = all.subscriber.cursor
    watchers.startCutting(urls)
    const playing = market.play(() => market.happened.length >= HAPPENINGS)
    // Awaited below; a poll that fails first must not leave it unheard.
    playing.catch(() => {})
    const [killFirstAt = 0, killSecondAt = 0] = KILL_AT
    await happens(killFirstAt)
    await first.kill9()
    watchers.moveTo(second.url)
    first = await Guildhall.serve(first.settings)
    await happens(killSecondAt)
    await second.kill9()
    watchers.moveTo(first.url)
    second = await Guildhall.serve(second.settings)
    await playing
    watchers.stopCutting()

    await watchers.expectComplete(market.happened)
    expect(market.doubts).toBeGreaterThan(0)
    for (const { subscriber } of watchers.all) expect(subscriber.sockets).toBeGreaterThan(KILL_AT.length)

    const late = new Subscriber(second.url, all.subscription, { after: start })
    stopping.push(late)
    await expectComplete(all, late, market.happened)
  } finally {
    await Promise.all(stopping.map(one => one.stop()))
  }
}, 180_000)
