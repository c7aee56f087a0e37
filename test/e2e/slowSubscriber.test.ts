import { readFile } from "node:fs/promises"
import { setTimeout as lasting } from "node:timers/promises"
import { expect, it } from "vitest"
import { WsClient } from "../server/support/wsClient.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"
import { Market } from "../support/market.js"
import { Subscriber, type Subscription } from "../support/subscriber.js"
import { bought, expectComplete, type Interest, Watchers } from "../support/watchers.js"

const PAUSED_MS = 15_000

/** Sockets with 20 subscriptions each, which are paused and never read again. */
const STUCK = 2

/** Before the pause, so that the server is as large as its load makes it; and after it. */
const WARM_UP_MS = 3000
const AFTER_MS = 2000

/**
 * Load makes the server grow: the tail's buffer by some 2 KB an event (src/tail/buffer.ts), the rest is garbage: 60 to
 * 130 MB were seen. When notices were queued for the paused, it was 174 MB at a fifth of the load.
 */
const BYTES_PER_EVENT = 4 * 1024
const BYTES_BESIDES = 120 * 1024 * 1024

const PLAYERS = 48

const all: Interest = bought({}, () => true)

/** Some 5 KB a notice, as large as it gets with little work: the system's own buffers hold few of them. */
const fat: Interest = { ...all, subscription: fatPurchases() }

it("subscribers that read nothing take no memory and slow nobody, and miss nothing in the end", async () => {
  const place = { DATA_DIR: await temporaryFolder(), PORT: await freePort() }
  // Without a lander: its batch and DuckDB grow with the load too, for reasons of their own.
  const settings = { ...place, ROLES: "api,projector", LOG_LEVEL: "warn" }
  const server = await Guildhall.serve(settings)
  const { url } = server
  const market = new Market({
    urls: () => [url],
    players: PLAYERS,
    name: "x".repeat(54),
    random: Math.random,
  })
  const stopping: { stop(): Promise<void> }[] = []
  try {
    await market.open()
    const mine = market.players[0] ?? ""
    const others = [
      all,
      bought({ playerId: mine }, (_, player) => player === mine),
      bought({ region: "eu" }, ({ region }) => region === "eu"),
    ]
    const watchers = await Watchers.begin([url], others, Math.random)
    const resuming = await Subscriber.begin(url, fat.subscription)
    const stuck = await Promise.all(Array.from({ length: STUCK }, () => beginMany(server.origin)))
    stopping.push(watchers, resuming)

    let over = false
    const playing = market.play(() => over)
    // Awaited below; a poll that fails first must not leave it unheard.
    playing.catch(() => {})
    for (const { socket } of stuck) socket.pause()
    await lasting(WARM_UP_MS)
    resuming.pause()
    const { events, grown } = await during(PAUSED_MS, server, market)
    for (const { socket } of stuck) socket.terminate()
    expect(resuming.received.length).toBeLessThan(market.happened.length - events / 2)
    resuming.unpause()
    await lasting(AFTER_MS)
    over = true
    await playing

    expect(grown, `${events} events`).toBeLessThan(BYTES_BESIDES + events * BYTES_PER_EVENT)
    await watchers.expectComplete(market.happened)
    for (const { subscriber } of watchers.all) expect(subscriber.sockets).toBe(1)
    await expectComplete(fat, resuming, market.happened)
    expect(await server.stop()).toBe(0)
  } finally {
    await Promise.all(stopping.map(one => one.stop()))
    await server.kill9()
  }
}, 180_000)

/** What happened meanwhile, and by how much the server grew at most, in bytes. */
async function during(ms: number, { pid }: Guildhall, { happened }: Market) {
  const eventsBefore = happened.length
  const bytesBefore = await memoryOf(pid)
  let grown = 0
  for (const until = Date.now() + ms; Date.now() < until; ) {
    await lasting(50)
    grown = Math.max(grown, (await memoryOf(pid)) - bytesBefore)
  }
  return { events: happened.length - eventsBefore, grown }
}

/** The resident memory of a process, without the pages of LMDB's files: those are the system's cache. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8")
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(status) ?? []
  return Number(kilobytes) * 1024
}

function fatPurchases(): Subscription {
  const players = Array.from({ length: 14 }, (_, n) => `p${n}: player { id name region }`)
  const query = `subscription ($after: Cursor) {
    notice: purchases(after: $after, heartbeat: true) { cursor purchase { id ${players.join(" ")} } }
  }`
  return { query, variables: {} }
}

/** The most subscriptions that one socket may have. */
async function beginMany(origin: string): Promise<WsClient> {
  const client = await WsClient.connect(origin)
  for (let n = 0; n < 20; n++) client.subscribe(String(n), fat.subscription.query)
  for (let n = 0; n < 20; n++) await client.next("next", String(n))
  return client
}
