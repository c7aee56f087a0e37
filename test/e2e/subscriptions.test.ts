import { randomInt } from "node:crypto"
import { expect, it } from "vitest"
import { seededRandom } from "../../src/load/random.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"
import { Market } from "../support/market.js"
import { Subscriber } from "../support/subscriber.js"
import { expectComplete, interestsIn, Watchers } from "../support/watchers.js"

const seed = Number(process.env.SEED ?? randomInt(1_000_000))

const HAPPENINGS = 6000
const KILL_AT = [2000, 4000]

/** The filters by time open and close in the middle of the load. */
const FROM_MS = 1000
const TO_MS = 3500

it(`subscriptions by every filter miss nothing and double nothing, whatever is cut or killed (SEED=${seed})`, async () => {
  const random = seededRandom(seed)
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort(), LOG_LEVEL: "warn" }
  let server = await Guildhall.serve(settings)
  const { url } = server
  const market = new Market({ urls: () => [url], players: 48, name: `s${seed}`, random })
  const stopping: { stop(): Promise<void> }[] = []
  try {
    await market.open()
    const interests = interestsIn(market, Date.now() + FROM_MS, Date.now() + TO_MS)
    const watchers = await Watchers.begin([url], interests, random)
    stopping.push(watchers)
    const [first] = watchers.all
    if (first === undefined) throw new Error("nobody is subscribed")
    const start = first.subscriber.cursor
    watchers.startCutting([url])
    const playing = market.play(() => market.happened.length >= HAPPENINGS)
    // Awaited below; a poll that fails first must not leave it unheard.
    playing.catch(() => {})
    for (const happenings of KILL_AT) {
      await expect
        .poll(() => market.happened.length, { timeout: 60_000, interval: 20 })
        .toBeGreaterThan(happenings)
      await server.kill9()
      server = await Guildhall.serve(settings)
    }
    await playing
    watchers.stopCutting()

    await watchers.expectComplete(market.happened)
    expect(market.doubts).toBeGreaterThan(0)
    for (const { subscriber } of watchers.all) expect(subscriber.sockets).toBeGreaterThan(KILL_AT.length)

    const late = new Subscriber(url, first.subscription, { after: start })
    stopping.push(late)
    await expectComplete(first, late, market.happened)
    expect(await server.stop()).toBe(0)
  } finally {
    await Promise.all(stopping.map(one => one.stop()))
    await server.kill9()
  }
}, 180_000)
