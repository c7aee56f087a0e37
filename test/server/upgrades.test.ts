import { describe, expect, test } from "vitest"
import { held } from "./support/held.js"
import { newListening, RawConnection } from "./support/listening.js"
import { stubGame, untouchable } from "./support/stubGame.js"

const OFFER =
  "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
const QUERY = JSON.stringify({ query: '{ player(id: "alice") { name } }' })
const ANSWER = '{"data":{"player":{"name":"Name of alice"}}}'

function posting(headers: string, body = QUERY): string {
  const length = `content-length: ${body.length}`
  return `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${length}\r\n${headers}\r\n${body}`
}

function chunked(headers: string): string {
  const chunks = [...QUERY].map(character => `1\r\n${character}\r\n`).join("")
  const type = "content-type: application/json\r\ntransfer-encoding: chunked"
  return `POST /graphql HTTP/1.1\r\nhost: localhost\r\n${type}\r\n${headers}\r\n${chunks}0\r\n\r\n`
}

function getting(path: string, headers = ""): string {
  return `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1
}

describe("a client that offers HTTP/2", () => {
  test.each([
    ["a body", posting(OFFER)],
    ["a body in chunks", chunked(OFFER)],
    ["a body after 100-continue", posting(`${OFFER}expect: 100-continue\r\n`)],
  ])("is answered as without the offer: %s", async (_, request) => {
    const { port } = await newListening()
    const raw = new RawConnection(port)

    raw.send(request)

    await expect.poll(() => raw.received).toContain(ANSWER)
    expect(raw.received).toMatch(/^HTTP\/1\.1 [12]00 /)
    expect(raw.received.toLowerCase()).not.toContain("upgrade")
  })

  test("is answered again and again on one connection, a byte at a time", async () => {
    const { port, logger } = await newListening()
    const raw = new RawConnection(port)
    raw.socket.setNoDelay(true)

    for (let n = 1; n <= 15; n++) {
      for (const character of posting(OFFER)) raw.send(character)
      await expect.poll(() => occurrences(raw.received, ANSWER)).toBe(n)
    }
    expect(logger.seen).toEqual([])
  })

  test("is answered in order if it does not wait, and nothing is lost", async () => {
    const { port } = await newListening()
    const raw = new RawConnection(port)

    raw.send(
      getting("/healthz", OFFER).repeat(3) +
        posting(OFFER) +
        getting("/healthz") +
        chunked(OFFER) +
        posting(""),
    )

    await expect.poll(() => occurrences(raw.received, ANSWER)).toBe(3)
    expect(raw.received.match(/ok$|ok(?=HTTP)|\{"data.*?\}\}\}/g)).toEqual([
      "ok",
      "ok",
      "ok",
      ANSWER,
      "ok",
      ANSWER,
      ANSWER,
    ])
  })

  test("waits for the answers to its earlier requests", async () => {
    const game = held()
    const { port } = await newListening(game)
    const raw = new RawConnection(port)
    const mutation = JSON.stringify({
      query: 'mutation { buySword(input: { playerId: "alice", swordType: "x" }) { position } }',
    })

    raw.send(posting("", mutation) + getting("/healthz", OFFER) + posting(OFFER))
    await game.arrived
    game.letGo()

    await expect.poll(() => raw.received).toContain(ANSWER)
    expect(raw.received).toMatch(/position.*HTTP\/1\.1 200.*ok.*HTTP\/1\.1 200.*Name of alice/s)
  })

  test("and leaves while it waits, or while the server ends, holds nothing up", async () => {
    const game = held()
    const server = await newListening(game, { timeouts: { drain: 300 } })
    const connections = [new RawConnection(server.port), new RawConnection(server.port)]
    const mutation = JSON.stringify({
      query: 'mutation { buySword(input: { playerId: "alice", swordType: "x" }) { position } }',
    })
    for (const raw of connections) raw.send(posting("", mutation) + getting("/healthz", OFFER))
    await game.arrived
    connections[0]?.socket.resetAndDestroy()

    await expect(server.close()).resolves.toBeUndefined()
    expect(server.logger.seen).toEqual([])
  })

  test("and is slow is disconnected like any other", async () => {
    const timeouts = { headers: 200, request: 300, check: 20, stalled: 400 }
    const { port } = await newListening(untouchable(), { timeouts })
    const raw = new RawConnection(port)
    raw.send(posting(OFFER).slice(0, -5))

    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 408 /)
  })

  test("is subject to the limits like any other", async () => {
    const { port } = await newListening(untouchable())
    const raw = new RawConnection(port)
    raw.send(posting(OFFER, " ".repeat(102_401)))

    await expect.poll(() => raw.received).toMatch(/^HTTP\/1\.1 413 /)
  })

  test("is counted as one connection", async () => {
    const { port, url } = await newListening()
    const raw = new RawConnection(port)
    for (let n = 1; n <= 3; n++) {
      raw.send(posting(OFFER))
      await expect.poll(() => occurrences(raw.received, ANSWER)).toBe(n)
    }

    const metrics = await fetch(`${url}/metrics`, { headers: { connection: "close" } })

    expect(await metrics.text()).toContain("\nguildhall_connections 2\n")
  })
})

describe("an upgrade that is not to a WebSocket", () => {
  test.each([
    ["another protocol", getting("/healthz", "connection: upgrade\r\nupgrade: TLS/1.0, IRC/6.9\r\n")],
    ["a WebSocket by POST", posting("connection: upgrade\r\nupgrade: websocket\r\n")],
    [
      "of HTTP/1.0",
      getting("/healthz", "connection: upgrade\r\nupgrade: websocket\r\n").replace("1.1", "1.0"),
    ],
  ])("is ignored: %s", async (_, request) => {
    const { port } = await newListening(stubGame())
    const raw = new RawConnection(port)

    raw.send(request)

    await expect.poll(() => raw.received).toMatch(/^HTTP\/1\.1 200 .*(ok|Name of alice)/s)
  })

  test("keeps the other options of its connection", async () => {
    const { port } = await newListening()
    const raw = new RawConnection(port)

    raw.send(getting("/healthz", "connection: close, upgrade\r\nupgrade: h2c\r\n"))
    await raw.closed

    expect(raw.received).toMatch(/connection: close/i)
  })

  test("cannot hide a request in a body whose length is left out", async () => {
    const { port } = await newListening()
    const raw = new RawConnection(port)
    const many = "a:\r\n".repeat(2500)
    const body = getting("/healthz")
    const length = `content-length: ${body.length}\r\n`

    raw.send(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\n${OFFER}${many}${length}\r\n${body}${getting("/readyz")}`,
    )

    await expect.poll(() => raw.received).toContain('"ready":')
    expect(raw.received.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 415", "HTTP/1.1 200"])
  })
})
