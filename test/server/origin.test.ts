import { request } from "node:http"
import { describe, expect, test } from "vitest"
import { type OriginPolicy, strangerOf } from "../../src/server/origin.js"
import { newListening, RawConnection } from "./support/listening.js"
import { untouchable } from "./support/stubGame.js"

const BOUND: OriginPolicy = {
  bound: "127.0.0.1",
  allowedOrigins: ["https://game.example", "http://192.0.2.7:5173"],
}

function boundTo(bound: string): OriginPolicy {
  return { bound, allowedOrigins: [] }
}

describe("where a request comes from", () => {
  test.each([
    [{ host: "localhost:4000" }],
    [{ host: "LOCALHOST" }],
    [{ host: "127.0.0.1:4000" }],
    [{ host: "127.8.9.10:1" }],
    [{ host: "[::1]:4000" }],
    [{ host: "localhost:4000", origin: "http://localhost:4000" }],
    [{ host: "localhost", origin: "https://localhost" }],
    [{ host: "[::1]:4000", origin: "http://[::1]:4000" }],
    [{ host: "localhost:4000", origin: "http://localhost:3000" }],
    [{ host: "localhost:4000", origin: "https://localhost" }],
    [{ host: "localhost:4000", origin: "http://127.0.0.1:5173" }],
    [{ host: "127.0.0.1:4000", origin: "http://[::1]:3000" }],
    [{ host: "127.0.0.1:4000", origin: "https://game.example" }],
    [{ host: "127.0.0.1:4000", origin: "http://192.0.2.7:5173" }],
  ])("is accepted: %j", headers => {
    expect(strangerOf(headers, BOUND)).toBeNull()
  })

  test.each([
    [{ host: "evil.example" }],
    [{ host: "evil.example:4000", origin: "http://evil.example:4000" }],
    [{ host: "localhost.evil.example:4000" }],
    [{ host: "127.0.0.1.evil.example" }],
    [{ host: "127.evil.example" }],
    [{ host: "evil.example@localhost" }],
    [{ host: "192.0.2.1:4000" }],
    [{ host: "" }],
    [{}],
  ])("is refused under a name that is not ours: %j", headers => {
    expect(strangerOf(headers, BOUND)).toMatchObject({ status: 421 })
  })

  test.each([
    ["http://evil.example"],
    ["http://game.example"],
    ["https://game.example:444"],
    ["https://www.game.example"],
    ["http://192.0.2.7"],
    ["http://localhost.evil.example:3000"],
    ["http://127.evil.example"],
    ["http://localhost@evil.example"],
    ["http://localhost:3000/"],
    ["file://"],
    ["chrome-extension://localhost"],
    ["ws://localhost:3000"],
    ["http://localhost:4000.evil.example"],
    ["http://localhost:4000, http://evil.example"],
    ["null"],
    [""],
  ])("is refused from another page: %j", origin => {
    expect(strangerOf({ host: "localhost:4000", origin }, BOUND)).toMatchObject({ status: 403 })
  })

  test("is refused from another page on this machine, if the server also listens elsewhere", () => {
    const elsewhere = boundTo("192.0.2.1")

    expect(strangerOf({ host: "192.0.2.1", origin: "http://localhost:3000" }, elsewhere)).toMatchObject({
      status: 403,
      message: expect.stringContaining("ALLOWED_ORIGINS"),
    })
  })

  test("is accepted under the address that we listen on", () => {
    expect(strangerOf({ host: "192.0.2.1:4000" }, boundTo("192.0.2.1"))).toBeNull()
    expect(strangerOf({ host: "[2001:db8::1]:4000" }, boundTo("2001:DB8::1"))).toBeNull()
  })

  test("is reported truncated and on one line", () => {
    const { message } = strangerOf({ host: `e"${"x".repeat(500)}` }, BOUND) ?? { message: "" }

    expect(message).toContain(`got "e\\"${"x".repeat(58)}"`)
  })
})

describe("a server reached by a name that is not ours", () => {
  const body = JSON.stringify({
    query: 'mutation { grantGold(input: { playerId: "alice", amount: 1, reason: "x" }) { player { gold } } }',
  })
  const json = { "content-type": "application/json" }

  test.each([
    ["POST", "/graphql", { host: "evil.example", ...json }, 421],
    ["POST", "/graphql", { host: "evil.example", origin: "http://evil.example", ...json }, 421],
    ["POST", "/graphql", { origin: "http://evil.example", ...json }, 403],
    ["POST", "/graphql", { origin: "null", ...json }, 403],
    ["GET", "/readyz", { host: "evil.example" }, 421],
    ["GET", "/playground", { host: "evil.example" }, 421],
  ])("%s %s with %j is refused and touches nothing", async (method, path, headers, status) => {
    const { port } = await newListening(untouchable())

    const answer = await send(port, method, path, headers, body)

    expect(answer.status).toBe(status)
    expect(answer.body.errors[0].extensions).toEqual({ code: "FORBIDDEN", retryable: false })
  })

  test("is refused for WebSockets too", async () => {
    const { port } = await newListening(untouchable())

    const byName = await upgrade(port, "evil.example", "http://evil.example")
    const byPage = await upgrade(port, `127.0.0.1:${port}`, "http://evil.example")
    const ours = await upgrade(port, `127.0.0.1:${port}`, `http://127.0.0.1:${port}`)

    expect([byName, byPage, ours]).toEqual(["421", "403", "101"])
  })
})

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: an answer of errors
  readonly body: any
}

/** `fetch` does not let the Host be chosen. */
function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", method, path, headers, agent: false }, response => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8")
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
      })
    })
    sent.on("error", reject)
    sent.end(method === "POST" ? body : undefined)
  })
}

/** The status of an upgrade's answer. */
async function upgrade(port: number, host: string, origin: string): Promise<string | undefined> {
  const raw = new RawConnection(port)
  const lines = [
    "GET /graphql HTTP/1.1",
    `host: ${host}`,
    `origin: ${origin}`,
    "connection: upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-protocol: graphql-transport-ws",
  ]
  raw.send(`${lines.join("\r\n")}\r\n\r\n`)
  await expect.poll(() => raw.received, { timeout: 5000 }).toContain("\r\n\r\n")
  return raw.received.split(" ")[1]
}
