import { describe, expect, test } from "vitest"
import { answerOf, newListening, post } from "./support/listening.js"
import { stubGame, untouchable } from "./support/stubGame.js"
import { WsClient } from "./support/wsClient.js"

const allowedOrigins = ["https://game.example"]
const BUY = JSON.stringify({
  query: 'mutation { buySword(input: { playerId: "alice", swordType: "x" }) { position } }',
})

function preflight(
  url: string,
  origin: string,
  method = "POST",
  headers = "content-type",
): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": headers,
      connection: "close",
    },
  })
}

describe("a page of an origin that is allowed", () => {
  test.each(["https://game.example", "http://localhost:5173", "https://127.0.0.1", "http://[::1]:3000"])(
    "may ask what it may send, send it, and read the answer: %s",
    async origin => {
      const { url } = await newListening(stubGame(), { allowedOrigins })

      const asked = await preflight(url, origin)
      const answered = await post(url, BUY, { origin, "content-type": "application/json" })

      expect(asked.status).toBe(204)
      expect(await asked.text()).toBe("")
      expect(asked.headers.get("content-length")).toBeNull()
      expect(asked.headers.get("access-control-allow-methods")).toBe("GET, POST")
      expect(asked.headers.get("access-control-allow-headers")?.split(", ")).toEqual(
        expect.arrayContaining([
          "content-type",
          "apollo-require-preflight",
          "x-apollo-operation-name",
          "authorization",
        ]),
      )
      expect(Number(asked.headers.get("access-control-max-age"))).toBeGreaterThan(60)
      for (const { headers } of [asked, answered]) {
        expect(headers.get("access-control-allow-origin")).toBe(origin)
        expect(headers.get("access-control-allow-credentials")).toBeNull()
        expect(headers.get("vary")).toContain("origin")
      }
      expect((await answerOf(answered)).data).toEqual({ buySword: { position: "c3R1Yjoz" } })
    },
  )

  test("may also read what is wrong with its request", async () => {
    const { url } = await newListening(untouchable(), { allowedOrigins })
    const headers = { origin: "https://game.example", "content-type": "application/json" }

    for (const body of ["{", JSON.stringify({ query: "{ helo }" }), "x".repeat(200_000)]) {
      const answer = await post(url, body, headers)
      expect(answer.ok).toBe(false)
      expect(answer.headers.get("access-control-allow-origin")).toBe("https://game.example")
    }
  })

  test("may open a WebSocket", async () => {
    const { url } = await newListening(stubGame(), { allowedOrigins })

    const client = await WsClient.open(url, undefined, { origin: "https://game.example" })
    client.send({ type: "connection_init" })

    expect((await client.next("connection_ack")).type).toBe("connection_ack")
  })

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])(
    "may not send what browsers send without asking: a body of %j",
    async type => {
      const { url } = await newListening(untouchable(), { allowedOrigins })

      const answer = await post(url, BUY, { origin: "https://game.example", "content-type": type })

      expect(answer.status).toBe(415)
    },
  )

  test("may not send a GET that browsers send without asking, nor a mutation by GET", async () => {
    const { url } = await newListening(untouchable(), { allowedOrigins })
    const get = (query: string, headers: Record<string, string>) =>
      fetch(`${url}/graphql?${new URLSearchParams({ query })}`, {
        headers: { origin: "https://game.example", connection: "close", ...headers },
      })

    expect((await get("{ __typename }", {})).status).toBe(400)
    const mutation = 'mutation { leaveGuild(input: { playerId: "a", guildId: "b" }) { position } }'
    expect((await get(mutation, { "apollo-require-preflight": "1" })).status).toBe(405)
    expect((await get("{ __typename }", { "apollo-require-preflight": "1" })).status).toBe(200)
  })
})

describe("a page of another origin", () => {
  test.each(["https://evil.example", "http://game.example", "null", "file://"])(
    "may neither ask, nor send, nor open a WebSocket, and hears which setting would let it: %s",
    async origin => {
      const { url } = await newListening(untouchable(), { allowedOrigins })

      const asked = await preflight(url, origin)
      const answered = await post(url, BUY, { origin, "content-type": "application/json" })

      for (const answer of [asked, answered]) {
        expect(answer.headers.get("access-control-allow-origin")).toBeNull()
        const { status, errors } = await answerOf(answer)
        expect(status).toBe(403)
        expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN")
        expect(errors?.[0]?.message).toContain("ALLOWED_ORIGINS")
      }
      await expect(WsClient.open(url, undefined, { origin })).rejects.toThrow("403")
    },
  )

  test("is not let in by its own name that points here", async () => {
    const { url } = await newListening(untouchable(), { allowedOrigins })

    await expect(
      WsClient.open(url, undefined, { origin: "https://game.example", host: "game.example" }),
    ).rejects.toThrow("421")
  })
})

describe("other clients", () => {
  test("get no CORS headers", async () => {
    const { url } = await newListening(stubGame(), { allowedOrigins })

    const answer = await post(url, BUY)

    expect([...answer.headers.keys()].filter(name => name.startsWith("access-control"))).toEqual([])
  })
})
