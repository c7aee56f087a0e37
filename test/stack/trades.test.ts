import { randomBytes, randomInt } from "node:crypto"
import type { Redis } from "ioredis"
import { afterEach, beforeEach, expect, it } from "vitest"
import { seededRandom } from "../../src/load/random.js"
import { Bazaar } from "../support/bazaar.js"
import { freePort, Guildhall } from "../support/guildhall.js"
import { playerChanged, Subscriber } from "../support/subscriber.js"
import { kafkaBrokers } from "./support/kafka.js"
import { emptyRedis } from "./support/redis.js"

const seed = Number(process.env.SEED ?? randomInt(1_000_000))

/** One of the two servers is killed after this many more trades. */
const KILL_EVERY = 80

const EXCHANGES = ["TradeMade", "GiftGiven"]

let servers: Guildhall[]
let projector: Guildhall
let redis: Redis

beforeEach(async () => {
  const { url, client } = await emptyRedis()
  redis = client
  const settings = {
    KAFKA_BROKERS: kafkaBrokers().join(","),
    KAFKA_TOPIC: `trades-${randomBytes(4).toString("hex")}`,
    REDIS_URL: url,
    LOG_LEVEL: "warn",
  }
  projector = Guildhall.start(["serve"], { ...settings, ROLES: "projector", PORT: await freePort() })
  const api = async () => Guildhall.serve({ ...settings, ROLES: "api", PORT: await freePort() })
  servers = [await api(), await api()]
})

afterEach(async () => {
  await Promise.all([...servers, projector].map(process => process.kill9()))
  redis.disconnect()
})

it(`trades through two processes, killed in turn, lose and double nothing at any moment (SEED=${seed})`, async () => {
  const urls = servers.map(({ url }) => url)
  const bazaar = new Bazaar({ urls: () => urls, traders: 8, name: `s${seed}`, random: seededRandom(seed) })
  let over = false
  const isOver = () => over || bazaar.problems.length > 0
  try {
    await bazaar.open()
    const [trader = ""] = bazaar.traders
    const subscriber = await Subscriber.begin(urls[1] ?? "", playerChanged(trader))
    const watching = urls.map(url => bazaar.watch(() => url, isOver))
    const trading = bazaar.trade(isOver)
    for (let kills = 1; kills <= 4; kills++) {
      await bazaar.traded(kills * KILL_EVERY)
      const server = servers[kills % 2]
      if (server === undefined) throw new Error("no server to kill")
      await server.kill9()
      servers[kills % 2] = await Guildhall.serve(server.settings)
    }
    over = true
    await Promise.all([trading, ...watching])
    expect(bazaar.problems).toEqual([])
    for (const url of urls) {
      await expect
        .poll(async () => (await bazaar.look(url)).holdings, { timeout: 10_000 })
        .toEqual(bazaar.expected)
    }
    expect(bazaar.acceptedTwice).toBeGreaterThan(10)
    expect(bazaar.happened.length - bazaar.trades).toBeGreaterThan(30)
    expect(bazaar.sights).toBeGreaterThan(50)
    // What was done through either process.
    const promised = bazaar.happened.filter(({ between }) => between.includes(trader))
    const heard = () => subscriber.received.map(({ what }) => what).filter(what => EXCHANGES.includes(what))
    await expect.poll(heard, { timeout: 10_000 }).toHaveLength(promised.length)
    expect(heard().sort()).toEqual(promised.map(({ type }) => type).sort())
    expect(subscriber.problems).toEqual([])
    await subscriber.stop()
    const audit = await Guildhall.run(["audit"], servers[0]?.settings)
    expect(audit.output).toContain("the log is sound, and the views are its fold")
    expect(audit.code).toBe(0)
  } finally {
    over = true
  }
}, 400_000)
