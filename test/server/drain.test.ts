import { describe, expect, test } from "vitest"
import { held } from "./support/held.js"
import { newListening, post, RawConnection } from "./support/listening.js"

const BUY = JSON.stringify({
  query: 'mutation { buySword(input: { playerId: "alice", swordType: "x" }) { position } }',
})

describe("closing the server", () => {
  test("lets open requests finish", async () => {
    const game = held()
    const server = await newListening(game)
    const answering = post(server.url, BUY)
    await game.arrived

    const closing = server.close()
    game.letGo()
    const response = await answering
    await closing

    expect(response.status).toBe(200)
    expect(await response.json()).toHaveProperty("data.buySword.position")
  })

  test("then accepts no more", async () => {
    const { url, close } = await newListening()
    await close()

    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  test("closes connections that are kept alive without a request", async () => {
    const { port, close } = await newListening()
    const raw = new RawConnection(port)
    raw.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
    await expect.poll(() => raw.received).toContain("ok")

    await close()
    await raw.closed

    expect(raw.received).toContain("keep-alive")
  })

  test("closes a connection once its request is answered, even if it was to be kept alive", async () => {
    const game = held()
    const { port, close } = await newListening(game)
    const raw = new RawConnection(port)
    const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${BUY.length}`
    raw.send(`${head}\r\n\r\n${BUY}`)
    await game.arrived
    const start = performance.now()

    const closing = close()
    await expect
      .poll(() => fetch(`http://127.0.0.1:${port}/healthz`).then(String, () => "refused"))
      .toBe("refused")
    game.letGo()
    await closing
    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 200 /)
    expect(performance.now() - start).toBeLessThan(5000)
  })

  test("asks clients to leave their connection, and reports that it is not ready", async () => {
    const game = held()
    const { url, port, close } = await newListening(game)
    const raw = new RawConnection(port)
    raw.send("GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")
    await expect.poll(() => raw.received).toContain('"ready":true')
    const answering = post(url, BUY)
    await game.arrived
    raw.received = ""

    const closing = close()
    raw.send("GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")
    await raw.closed
    game.letGo()
    await answering
    await closing

    expect(raw.received).toMatch(/^HTTP\/1\.1 503 /)
    expect(raw.received).toMatch(/connection: close/i)
    expect(raw.received).toContain("shutting down")
  })

  test("cuts off what does not finish in time", async () => {
    const game = held()
    const { url, close } = await newListening(game, { timeouts: { drain: 100 } })
    const answering = post(url, BUY).then(String, () => "cut off")
    await game.arrived

    await close()
    game.letGo()

    expect(await answering).toBe("cut off")
  })

  test("is idempotent", async () => {
    const { close } = await newListening()

    await expect(Promise.all([close(), close()])).resolves.toHaveLength(2)
  })
})
