import { createServer } from "node:http"
import { describe, expect, it, onTestFinished } from "vitest"
import { type WebSocket, WebSocketServer } from "ws"
import {
  MESSAGES,
  OPERATIONS_PER_SOCKET_MAX,
  SOCKETS_MAX,
  SocketClient,
} from "../../src/client/socketClient.js"
import { LIMITS } from "../../src/server/limits.js"
import { freePort } from "../support/guildhall.js"

describe("a client over WebSockets", () => {
  it("answers each request with its own answer, over few sockets", async () => {
    const { url } = await startEcho()
    const client = open(url)

    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => client.ask("{ n }", { n })))

    expect(answers).toEqual(Array.from({ length: 60 }, (_, n) => ({ data: { n } })))
    expect(client.sockets).toBe(60 / OPERATIONS_PER_SOCKET_MAX)
  })

  it("opens another socket when one has sent as much as a server takes", async () => {
    const { url } = await startEcho()
    const client = open(url)

    for (let n = 0; n < MESSAGES.atOnce + 100; n++) await client.ask("{ n }", { n })

    expect(client.sockets).toBeGreaterThan(1)
    expect(client.sockets).toBeLessThan(5)
  })

  it("waits when all of its sockets are busy", async () => {
    const { url } = await startEcho()
    const client = open(url, 1)

    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => client.ask("{ n }", { n })))

    expect(answers).toHaveLength(50)
    expect(client.sockets).toBe(1)
  })

  it("passes the errors of the server on", async () => {
    const { url } = await startEcho()

    expect(await open(url).ask("{ n }", { error: "CONFLICT" })).toEqual({
      errors: [{ message: "CONFLICT", extensions: { code: "CONFLICT", retryable: true } }],
    })
  })

  it("fails what is not answered when its socket is lost, and asks on with a new one", async () => {
    const { url, cut } = await startEcho()
    const client = open(url)

    const asking = client.ask("{ n }", { silent: true })
    asking.catch(() => {})
    await expect.poll(() => cut()).toBeGreaterThan(0)

    await expect(asking).rejects.toThrow(/does not answer: the socket closed with 1006/)
    expect(await client.ask("{ n }", { n: 1 })).toEqual({ data: { n: 1 } })
  })

  it("fails what a server did not answer before it closed the socket normally, and does not repeat it", async () => {
    const { url, cut, asked } = await startEcho()
    const client = open(url)

    const asking = client.ask("{ n }", { silent: true })
    asking.catch(() => {})
    await expect.poll(() => cut(1000)).toBeGreaterThan(0)

    await expect(asking).rejects.toThrow(/does not answer: the socket closed with 1000/)
    await client.ask("{ n }", { n: 1 })
    expect(asked()).toBe(2)
  })

  it("has the refused connection as its cause", async () => {
    const url = `http://127.0.0.1:${await freePort()}/graphql`

    await expect(open(url).ask("{ n }")).rejects.toMatchObject({
      message: expect.stringContaining(`${url} does not answer: connect ECONNREFUSED`),
      cause: { code: "ECONNREFUSED" },
    })
  })

  it("fails what is not answered when it is closed", async () => {
    const { url } = await startEcho()
    const client = open(url)

    const asking = client.ask("{ n }", { silent: true })
    await client.close()

    await expect(asking).rejects.toThrow("closed by this side")
  })
})

describe("its limits", () => {
  it("are those of the server", () => {
    expect(SOCKETS_MAX).toBe(LIMITS.socketsPerAddress)
    expect(OPERATIONS_PER_SOCKET_MAX).toBe(LIMITS.operationsPerSocket)
    expect(MESSAGES.perSecond).toBeLessThan(LIMITS.messagesPerSecond)
    expect(MESSAGES.atOnce).toBeLessThan(LIMITS.messagesAtOnce)
  })
})

function open(url: string, socketsMax?: number): SocketClient {
  const client = new SocketClient(url, socketsMax)
  onTestFinished(() => client.close())
  return client
}

interface Asked {
  readonly id: string
  readonly type: string
  readonly payload: {
    readonly variables: { readonly n?: number; readonly error?: string; readonly silent?: true }
  }
}

/**
 * A server that answers with the variable `n`, with an error of the code `error`, or not at all. `cut` ends the
 * sockets that wait for an answer, with a code or without, and returns how many; `asked` counts the requests.
 */
async function startEcho() {
  const server = createServer()
  const sockets = new WebSocketServer({ server, handleProtocols: () => "graphql-transport-ws" })
  const silent = new Set<WebSocket>()
  let operations = 0
  sockets.on("connection", socket => {
    socket.on("message", data => {
      const { id, type, payload }: Asked = JSON.parse(String(data))
      const send = (message: object) => socket.send(JSON.stringify(message))
      if (type === "connection_init") return send({ type: "connection_ack" })
      if (type !== "subscribe") return
      operations += 1
      const { n, error, silent: isSilent } = payload.variables
      if (isSilent) return silent.add(socket)
      if (error !== undefined) {
        const extensions = { code: error, retryable: true }
        return send({ id, type: "error", payload: [{ message: error, extensions }] })
      }
      send({ id, type: "next", payload: { data: { n } } })
      send({ id, type: "complete" })
    })
  })
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  const cut = (code?: number) => {
    for (const socket of silent) {
      if (code === undefined) socket.terminate()
      else socket.close(code)
    }
    return silent.size
  }
  return { url: `http://127.0.0.1:${address.port}/graphql`, cut, asked: () => operations }
}
