import { once } from "node:events"
import { describe, expect, test } from "vitest"
import { WebSocket } from "ws"
import { openGame } from "../support/game.js"
import { ask, newListening, RawConnection } from "./support/listening.js"
import { stubGame } from "./support/stubGame.js"
import { WsClient } from "./support/wsClient.js"

const REGISTER = `mutation ($id: ID!) { registerPlayer(input: { playerId: $id, name: "A", region: "eu" }) { position } }`
const BUY = `mutation ($id: ID!) { buySword(input: { playerId: $id, swordType: "dagger" }) { purchase { id } } }`
const WATCH = `subscription { purchases(heartbeat: true) { cursor purchase { id } } }`

async function newGameListening() {
  const game = await openGame()
  const server = await newListening(game)
  return { game, server, close: () => game.close() }
}

describe("the protocol's close codes", () => {
  test("4408: nothing was sent for three seconds", async () => {
    const server = await newListening()
    const client = await WsClient.open(server.url)

    expect(await client.closed).toBe(4408)
  })

  test("4429: a second connection_init", async () => {
    const server = await newListening()
    const client = await WsClient.connect(server.url)

    client.send({ type: "connection_init" })

    expect(await client.closed).toBe(4429)
  })

  test("4401: subscribe before the connection is acknowledged", async () => {
    const server = await newListening()
    const client = await WsClient.open(server.url)

    client.subscribe("1", "{ swords { type } }")

    expect(await client.closed).toBe(4401)
  })

  test("4409: an id that is in use", async () => {
    const server = await newListening(stubGame())
    const client = await WsClient.connect(server.url)

    client.subscribe("1", "{ players(ids: []) { id } }")
    client.subscribe("1", "{ players(ids: []) { id } }")

    expect(await client.closed).toBe(4409)
  })

  test.each([
    ["no JSON", "nonsense"],
    ["no object", "[]"],
    ["a type that there is not", '{"type":"start"}'],
    ["subscribe without a query", '{"id":"1","type":"subscribe","payload":{}}'],
  ])("4400: %s", async (_, text) => {
    const server = await newListening()
    const client = await WsClient.connect(server.url)

    client.socket.send(text)

    expect(await client.closed).toBe(4400)
  })

  test("4400: bytes, even if they are JSON", async () => {
    const server = await newListening()
    const client = await WsClient.open(server.url)

    client.socket.send(Buffer.from('{"type":"connection_init"}'))

    expect(await client.closed).toBe(4400)
  })

  test("4400: a message that only a server sends, which is not a bug of ours", async () => {
    const server = await newListening()
    const client = await WsClient.connect(server.url)

    client.send({ type: "connection_ack" })

    expect(await client.closed).toBe(4400)
    expect(server.logger.entries.filter(({ level }) => level === "error")).toEqual([])
  })

  test.each(["", "sec-websocket-protocol: graphql-ws\r\n"])("4406: the subprotocol %j", async header => {
    const server = await newListening()
    // By hand, as a client library itself refuses an answer without its subprotocol.
    const raw = new RawConnection(server.port)
    const key = "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    raw.send(
      `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n${key}${header}\r\n`,
    )

    // A close frame: the opcode, the length, the code.
    await expect.poll(() => raw.received).toContain(`\x88\x1c${codeBytes(4406)}`)
  })

  test("1009: a message of more than 64 KB", async () => {
    const server = await newListening()
    const client = await WsClient.connect(server.url)

    client.socket.send("x".repeat(64 * 1024 + 1))

    expect(await client.closed).toBe(1009)
  })

  test("1008: a message of more than 1,000 fragments", async () => {
    const server = await newListening()
    const client = await WsClient.connect(server.url)

    for (let i = 0; i <= 1000; i++) client.socket.send(" ", { fin: false })

    expect(await client.closed).toBe(1008)
  })

  test("1008: a flood of messages, and of pings", async () => {
    const server = await newListening()
    const chatty = await WsClient.connect(server.url)
    const pinging = await WsClient.connect(server.url)

    for (let n = 0; n < 600; n++) chatty.send({ type: "ping" })
    for (let n = 0; n < 600; n++) pinging.socket.ping()

    // A client that is still sending may find the connection reset before it reads the code.
    expect([1006, 1008]).toContain(await chatty.closed)
    expect([1006, 1008]).toContain(await pinging.closed)
  })
})

describe("operations over a socket", () => {
  test("are queries, mutations and subscriptions", async () => {
    const { server, close } = await newGameListening()
    const client = await WsClient.connect(server.url)
    client.subscribe("register", REGISTER, { id: "alice" })
    await client.next("complete", "register")
    client.subscribe("watch", WATCH)
    expect(await client.next("next", "watch")).toMatchObject({
      payload: { data: { purchases: { purchase: null } } },
    })

    client.subscribe("buy", BUY, { id: "alice" })
    const bought = await client.next("next", "buy")
    const noticed = await client.next("next", "watch")

    expect(bought.payload.data.buySword.purchase.id).toMatch(/^\d+-0$/)
    expect(noticed.payload.data.purchases.purchase).toEqual(bought.payload.data.buySword.purchase)
    await close()
  })

  test("resume after a cursor on another socket, without gaps or duplicates", async () => {
    const { server, close } = await newGameListening()
    await ask(server.url, REGISTER, { id: "alice" })
    const first = await WsClient.connect(server.url)
    first.subscribe("watch", WATCH)
    const { payload } = await first.next("next", "watch")
    first.socket.terminate()
    const bought: string[] = []
    for (let n = 0; n < 3; n++)
      bought.push((await ask(server.url, BUY, { id: "alice" })).data.buySword.purchase.id)

    const second = await WsClient.connect(server.url)
    second.subscribe(
      "watch",
      "subscription ($after: Cursor) { purchases(after: $after) { purchase { id } } }",
      {
        after: payload.data.purchases.cursor,
      },
    )
    const got: string[] = []
    for (let n = 0; n < 3; n++)
      got.push((await second.next("next", "watch")).payload.data.purchases.purchase.id)

    expect(got).toEqual(bought)
    await close()
  })

  test("end with complete: the client receives no more, and the server forgets the subscription", async () => {
    const { game, server, close } = await newGameListening()
    const client = await WsClient.connect(server.url)
    client.subscribe("watch", WATCH)
    await client.next("next", "watch")
    expect(game.feed.size).toBe(1)

    client.send({ id: "watch", type: "complete" })

    await expect.poll(() => game.feed.size).toBe(0)
    await close()
  })

  test("end with the socket", async () => {
    const { game, server, close } = await newGameListening()
    const client = await WsClient.connect(server.url)
    client.subscribe("watch", WATCH)
    await client.next("next", "watch")

    client.socket.terminate()

    await expect.poll(() => game.feed.size).toBe(0)
    await close()
  })

  test("are limited as over HTTP", async () => {
    const server = await newListening()
    const client = await WsClient.connect(server.url)
    const deep = `{ guild(id: "a") { ${"founder { guild { ".repeat(5)}id${" } }".repeat(5)} } }`

    client.subscribe("deep", deep)
    client.subscribe(
      "aliases",
      `{ ${Array.from({ length: 16 }, (_, n) => `a${n}: swords { type }`).join(" ")} }`,
    )
    client.subscribe(
      "dear",
      "{ guilds(first: 100) { edges { node { members(first: 100) { edges { node { id } } } } } } }",
    )

    for (const id of ["deep", "aliases"]) {
      expect((await client.next("error", id)).payload[0].extensions.code).toBe("LIMIT_EXCEEDED")
    }
    expect((await client.next("next", "dear")).payload.errors[0].extensions.code).toBe("LIMIT_EXCEEDED")
  })

  test("are at most 20 at a time on one socket, 10,000 attempts included", async () => {
    const { game, server, close } = await newGameListening()
    const client = await WsClient.connect(server.url)
    for (let n = 0; n < 20; n++) client.subscribe(`ok${n}`, WATCH)
    for (let n = 0; n < 20; n++) await client.next("next", `ok${n}`)

    client.subscribe("more", WATCH)
    expect((await client.next("error", "more")).payload[0].extensions).toMatchObject({
      code: "LIMIT_EXCEEDED",
      limit: "operationsPerSocket",
      allowed: 20,
    })
    for (let n = 0; n < 10_000; n++) client.subscribe(`flood${n}`, WATCH)

    expect([1006, 1008]).toContain(await client.closed)
    await expect.poll(() => game.feed.size).toBe(0)
    await close()
  })

  test("that are wrong get an error, and leave the socket open", async () => {
    const server = await newListening()
    const client = await WsClient.connect(server.url)

    client.subscribe("1", "{ helo }")
    client.subscribe("2", "query A { swords { type } } query B { swords { type } }")
    client.subscribe("3", 'subscription { purchases(after: "nonsense") { cursor } }')
    client.subscribe("4", "subscription ($after: Cursor) { purchases(after: $after) { cursor } }", {
      after: 7,
    })
    client.subscribe("5", 'subscription { purchases(filter: { playerId: "../x" }) { cursor } }')

    expect((await client.next("error", "1")).payload[0].extensions.code).toBe("GRAPHQL_VALIDATION_FAILED")
    for (const id of ["2", "3", "4", "5"]) {
      expect((await client.next("error", id)).payload[0].extensions.code, id).toBe("BAD_USER_INPUT")
    }
    client.subscribe("6", "{ swords { type } }")
    expect((await client.next("next", "6")).payload.data.swords.length).toBeGreaterThan(7)
  })

  test("that have a condition at the root of a subscription end alone; the others go on", async () => {
    const { server, close } = await newGameListening()
    const client = await WsClient.connect(server.url)
    client.subscribe("watch", WATCH)
    await client.next("next", "watch")

    client.subscribe("skipped", "subscription { purchases @skip(if: true) { cursor } }")
    const variable = "subscription ($on: Boolean!) { purchases @include(if: $on) { cursor } }"
    client.subscribe("included", variable, { on: true })
    for (const id of ["skipped", "included"]) {
      const { payload } = await client.next("error", id)
      expect(payload[0].extensions.code).toBe("GRAPHQL_VALIDATION_FAILED")
    }
    expect((await ask(server.url, variable, { on: true })).status).toBe(400)

    await ask(server.url, REGISTER, { id: "alice" })
    await ask(server.url, BUY, { id: "alice" })
    const { payload } = await client.next("next", "watch")
    expect(payload.data.purchases.purchase.id).toMatch(/^\d+-0$/)
    await close()
  })

  test("reveal nothing of the schema in production", async () => {
    const server = await newListening(stubGame(), { production: true })
    const client = await WsClient.connect(server.url)

    client.subscribe("1", "{ __schema { types { name } } }")
    client.subscribe("2", "{ swordz { type } }")

    const [one, two] = [await client.next("error", "1"), await client.next("error", "2")]
    expect(one.payload[0].extensions.code).toBe("GRAPHQL_VALIDATION_FAILED")
    expect(JSON.stringify(two.payload)).not.toContain("swords")
  })
})

describe("an upgrade", () => {
  test("is refused beyond the limit of sockets per address, until one is closed", async () => {
    const server = await newListening(stubGame(), { socketsPerAddressMax: 2 })
    const first = await WsClient.connect(server.url)
    await WsClient.connect(server.url)

    const third = new WebSocket(`${server.url.replace("http", "ws")}/graphql`, ["graphql-transport-ws"])
    const [error] = await once(third, "error")
    expect(String(error)).toContain("429")
    first.socket.terminate()

    await expect
      .poll(() =>
        WsClient.connect(server.url).then(
          () => "taken",
          () => "refused",
        ),
      )
      .toBe("taken")
  })

  test("is accepted at /graphql only", async () => {
    const server = await newListening()
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/other`, ["graphql-transport-ws"])

    expect(String((await once(socket, "error"))[0])).toContain("404")
  })

  test("that is not a handshake is refused, and the server goes on", async () => {
    const server = await newListening()
    const raw = new RawConnection(server.port)
    raw.send("GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n")
    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect((await ask(server.url, "{ swords { type } }")).status).toBe(200)
  })
})

describe("closing the server", () => {
  test("closes sockets with 1001, once their mutations are answered", async () => {
    const { game, server, close } = await newGameListening()
    await ask(server.url, REGISTER, { id: "alice" })
    const client = await WsClient.connect(server.url)
    client.subscribe("watch", WATCH)
    await client.next("next", "watch")
    game.logServer.cut("game")
    client.subscribe("buy", BUY, { id: "alice" })
    await expect.poll(() => game.commands.open).toBe(1)

    const closing = server.close()
    client.subscribe("late", BUY, { id: "alice" })
    expect((await client.next("error", "late")).payload[0].extensions.code).toBe("SHUTTING_DOWN")
    game.logServer.heal("game")

    expect((await client.next("next", "buy")).payload.data.buySword.purchase.id).toMatch(/^\d+-0$/)
    expect(await client.closed).toBe(1001)
    await closing
    await close()
  })

  test("does not wait for clients that do not answer", async () => {
    const server = await newListening()
    const client = await WsClient.connect(server.url)
    client.socket.pause()

    await server.close()

    expect(client.socket.readyState).not.toBe(WebSocket.CLOSED)
  })
})

function codeBytes(code: number): string {
  return String.fromCharCode(code >> 8, code & 0xff)
}
