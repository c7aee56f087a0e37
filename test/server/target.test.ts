import { describe, expect, test } from "vitest"
import { targetOf } from "../../src/server/target.js"
import { newListening, RawConnection } from "./support/listening.js"
import { untouchable } from "./support/stubGame.js"

describe("the target of a request", () => {
  test.each([
    ["/graphql", "localhost", "/graphql", ""],
    ["/graphql?query={a}", "localhost", "/graphql", "?query={a}"],
    ["/a?b=http://x/c", "localhost", "/a", "?b=http://x/c"],
    ["http://127.0.0.1:4000/graphql?a=b?c", "127.0.0.1:4000", "/graphql", "?a=b?c"],
    ["HTTPS://localhost", "localhost", "/", ""],
    ["http://localhost?query={a}", "localhost", "/", "?query={a}"],
    ["http:///graphql", "", "/graphql", ""],
    ["//evil.example/graphql", "localhost", "//evil.example/graphql", ""],
    ["ftp://localhost/graphql", "localhost", "ftp://localhost/graphql", ""],
    ["*", "localhost", "*", ""],
  ])("%s", (url, authority, path, search) => {
    expect(targetOf({ url, headers: { host: "localhost" } })).toEqual({ authority, path, search })
  })
})

describe("a request whose target is a whole URL", () => {
  test.each([
    ["GET http://127.0.0.1:4000/healthz", "localhost", "200"],
    ["GET http://localhost/healthz", "evil.example", "200"],
    ["GET http://evil.example/healthz", "localhost", "421"],
    ["GET http://evil@localhost/healthz", "localhost", "421"],
    ["GET http://localhost:4000/graphql?query={__typename}", "localhost", "200"],
    ["GET http://localhost/other", "localhost", "404"],
  ])("%s, host: %s is %s", async (line, host, status) => {
    const { port } = await newListening(untouchable())
    const raw = new RawConnection(port)

    raw.send(`${line} HTTP/1.1\r\nhost: ${host}\r\napollo-require-preflight: 1\r\nconnection: close\r\n\r\n`)
    await raw.closed

    expect(raw.received.split(" ")[1]).toBe(status)
  })

  test.each([
    ["http://localhost/graphql", "101"],
    ["http://localhost/other", "404"],
    ["http://evil.example/graphql", "421"],
  ])("opens a WebSocket at %s: %s", async (url, status) => {
    const { port } = await newListening(untouchable())
    const raw = new RawConnection(port)
    const lines = [
      `GET ${url} HTTP/1.1`,
      "host: localhost",
      "connection: upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
      "sec-websocket-protocol: graphql-transport-ws",
    ]

    raw.send(`${lines.join("\r\n")}\r\n\r\n`)

    await expect.poll(() => raw.received.split(" ")[1]).toBe(status)
  })
})

describe("a request with two Host headers", () => {
  test.each([
    ["localhost", "localhost"],
    ["localhost", "evil.example"],
    ["evil.example", "localhost"],
  ])("%s and %s is refused", async (one, other) => {
    const { port } = await newListening(untouchable())
    const [plain, socket] = [new RawConnection(port), new RawConnection(port)]
    const hosts = `host: ${one}\r\nHost: ${other}\r\n`

    plain.send(`GET /healthz HTTP/1.1\r\n${hosts}connection: close\r\n\r\n`)
    socket.send(`GET /graphql HTTP/1.1\r\n${hosts}connection: upgrade\r\nupgrade: websocket\r\n\r\n`)
    await Promise.all([plain.closed, socket.closed])

    for (const { received } of [plain, socket]) {
      expect(received).toMatch(/^HTTP\/1\.1 400 /)
      expect(received).toContain("expected one Host header, got 2")
    }
    expect(plain.received).toContain('"code":"BAD_USER_INPUT"')
  })
})
