import { once } from "node:events"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { stream } from "../../src/lib/stream.js"
import type { Game } from "../../src/resolvers/game.js"
import { pageCursor } from "../../src/resolvers/pageCursor.js"
import { Past } from "../history/support/past.js"
import { StuckEngine } from "../history/support/stuckEngine.js"
import { bought } from "../support/events.js"
import { type Listening, newListening, RawConnection } from "./support/listening.js"
import { stubGame } from "./support/stubGame.js"
import { WsClient } from "./support/wsClient.js"

let database: Database
beforeAll(async () => {
  database = await Database.open()
})
afterAll(() => database.close())

/** A server with a history whose engine answers only when the test lets it. */
async function stuck(game = stubGame()): Promise<{ engine: StuckEngine; server: Listening }> {
  const past = await Past.open({ database })
  onTestFinished(() => past.close())
  past.does("registerPlayer", { playerId: "alice", name: "Alice", region: "eu" })
  await past.land()
  const engine = new StuckEngine()
  const history = await past.history({ engine })
  return { engine, server: await newListening({ ...game, history }) }
}

const REPORTS = [
  "{ sales(by: []) { live } }",
  "{ purchases { edges { cursor } } }",
  "{ guildGrowth { live } }",
  '{ playerAsOf(id: "alice", at: "2024-05-02T00:00:00Z") { gold } }',
]

function send(connection: RawConnection, query: string): void {
  const body = JSON.stringify({ query })
  const head = ["POST /graphql HTTP/1.1", "host: 127.0.0.1", "content-type: application/json"]
  connection.send(`${head.join("\r\n")}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
}

/** A feed that delivers one purchase, and then nothing more. */
function onePurchase(): Game {
  const game = stubGame()
  const event = { offset: 5, index: 0, id: "5-0", at: 0, event: bought("alice", "katana", 150) }
  const follow: Game["feed"]["follow"] = () =>
    stream(async function* (signal) {
      yield { event, next: { offset: 6, index: 0 } }
      await once(signal, "abort")
    })
  return { ...game, feed: { ...game.feed, follow } }
}

describe("a report inside a subscription's notice is ended, in its engine too", () => {
  const beyondTheViews = pageCursor("stub", "purchases", "3-0")
  const notices = `subscription { purchases { purchase { player {
    purchases(after: "${beyondTheViews}") { edges { cursor } } } } } }`

  test.each(["completed", "closed", "cut"])("when the subscription is %s", async how => {
    const { engine, server } = await stuck(onePurchase())
    const client = await WsClient.connect(server.url)
    client.subscribe("notices", notices)
    await expect.poll(() => engine.asked).toBe(1)

    if (how === "completed") client.send({ id: "notices", type: "complete" })
    else if (how === "closed") client.socket.close()
    else client.socket.terminate()

    await expect.poll(() => engine.ended).toBe(1)
    expect(server.logger.entries.filter(({ level }) => level === "error")).toEqual([])
  })
})

describe("a report whose client has left is ended, in its engine too", () => {
  test.each(REPORTS)("over HTTP, when the connection is closed: %s", async report => {
    const { engine, server } = await stuck()
    const connection = new RawConnection(server.port)
    send(connection, report)
    await expect.poll(() => engine.asked).toBe(1)

    connection.socket.destroy()

    await expect.poll(() => engine.ended).toBe(1)
  })

  test("over HTTP, and only that one: the reports of other clients go on", async () => {
    const { engine, server } = await stuck()
    const [leaving, staying] = [new RawConnection(server.port), new RawConnection(server.port)]
    for (const connection of [leaving, staying]) send(connection, REPORTS[0] ?? "")
    await expect.poll(() => engine.asked).toBe(2)

    leaving.socket.destroy()

    await expect.poll(() => engine.ended).toBe(1)
    expect(staying.received).toBe("")
  })

  test("over a WebSocket, when it completes its operation, and no other on that socket", async () => {
    const { engine, server } = await stuck()
    const client = await WsClient.connect(server.url)
    client.subscribe("leaving", REPORTS[0] ?? "")
    client.subscribe("staying", REPORTS[0] ?? "")
    await expect.poll(() => engine.asked).toBe(2)

    client.send({ id: "leaving", type: "complete" })

    await expect.poll(() => engine.ended).toBe(1)
    client.subscribe("more", "{ swords { type } }")
    await client.next("complete", "more")
    expect(engine.ended).toBe(1)
  })

  test.each(["closed", "cut"])("over a WebSocket, when the socket is %s", async how => {
    const { engine, server } = await stuck()
    const client = await WsClient.connect(server.url)
    for (const [n, report] of REPORTS.entries()) client.subscribe(String(n), report)
    await expect.poll(() => engine.asked).toBe(REPORTS.length)

    if (how === "closed") client.socket.close()
    else client.socket.terminate()

    await expect.poll(() => engine.ended).toBe(REPORTS.length)
    expect(server.logger.entries.filter(({ level }) => level === "error")).toEqual([])
  })
})
