import { once } from "node:events"
import { connect } from "node:net"
import { describe, expect, onTestFinished, test } from "vitest"
import { newListening, RawConnection } from "./support/listening.js"
import { untouchable } from "./support/stubGame.js"

describe("a client that goes away", () => {
  test("in the middle of its body, leaves nothing behind", async () => {
    const { url, port, logger } = await newListening(untouchable())
    const raw = new RawConnection(port)
    raw.send(
      "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    )
    raw.socket.destroy()
    await raw.closed

    expect((await fetch(`${url}/healthz`, { headers: { connection: "close" } })).status).toBe(200)
    expect(logger.entries.filter(({ level }) => level === "error")).toEqual([])
  })

  test("that does not send HTTP gets an error and is disconnected", async () => {
    const { port } = await newListening()
    const raw = new RawConnection(port)
    raw.send("nonsense\r\n\r\n")

    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 400 /)
  })

  test("whose headers are too long gets an error and is disconnected", async () => {
    const { port } = await newListening()
    const raw = new RawConnection(port)
    raw.send(`GET /healthz HTTP/1.1\r\nhost: localhost\r\nlong: ${"x".repeat(20_000)}\r\n\r\n`)

    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 431 /)
  })
})

test("a client that is refused a WebSocket, and never closes its side, holds nothing up", async () => {
  const server = await newListening()
  const client = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true })
  client.on("error", () => {})
  onTestFinished(() => void client.destroy())
  client.resume()
  client.write("GET /other HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n")
  await once(client, "end")

  await expect(server.close()).resolves.toBeUndefined()
})

describe("a client that is slow", () => {
  const timeouts = { headers: 200, request: 300, check: 20, stalled: 400 }

  test.each([
    ["with its headers", "POST /graphql HTTP/1.1\r\nhost: localhost\r\nslow: x"],
    [
      "with its body",
      "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    ],
  ])("%s gets an error and is disconnected", async (_, begun) => {
    const { port, logger } = await newListening(untouchable(), { timeouts })
    const raw = new RawConnection(port)
    raw.send(begun)
    const drip = setInterval(() => raw.socket.writable && raw.send(" "), 50)

    await raw.closed
    clearInterval(drip)

    expect(raw.received).toMatch(/^HTTP\/1\.1 408 /)
    expect(logger.entries.filter(({ level }) => level === "error")).toEqual([])
  })

  test("and sends nothing at all is disconnected", async () => {
    const { port } = await newListening(untouchable(), { timeouts })
    const raw = new RawConnection(port)

    await raw.closed

    expect(raw.received).toMatch(/^(HTTP\/1\.1 408 |$)/)
  })
})
