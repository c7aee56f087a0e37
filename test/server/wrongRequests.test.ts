import { describe, expect, test } from "vitest"
import { answerOf, newListening, post, RawConnection } from "./support/listening.js"
import { untouchable } from "./support/stubGame.js"

const SWORDS = "{ swords { type } }"

describe("a request that is wrong", () => {
  test.each<[string, string, string]>([
    ["no JSON", "{", "BAD_USER_INPUT"],
    ["an empty body", "", "BAD_USER_INPUT"],
    ["a text", '"{ swords { type } }"', "BAD_USER_INPUT"],
    ["null", "null", "BAD_USER_INPUT"],
    ["a batch of two", JSON.stringify([{ query: SWORDS }, { query: SWORDS }]), "BAD_USER_INPUT"],
    ["no query", "{}", "BAD_USER_INPUT"],
    ["an empty query", '{"query":""}', "BAD_USER_INPUT"],
    ["a number for a query", '{"query":5}', "BAD_USER_INPUT"],
    ["a text for variables", JSON.stringify({ query: SWORDS, variables: "{}" }), "BAD_USER_INPUT"],
    ["a list for variables", JSON.stringify({ query: SWORDS, variables: [] }), "BAD_USER_INPUT"],
    [
      "a number for an operation's name",
      JSON.stringify({ query: SWORDS, operationName: 5 }),
      "BAD_USER_INPUT",
    ],
    ["no GraphQL", JSON.stringify({ query: "{" }), "GRAPHQL_PARSE_FAILED"],
    ["not of this schema", JSON.stringify({ query: "{ helo }" }), "GRAPHQL_VALIDATION_FAILED"],
    ["a subscription", JSON.stringify({ query: "subscription { purchases { cursor } }" }), "BAD_USER_INPUT"],
    ["too deep", JSON.stringify({ query: `${"{ a ".repeat(8000)}${"}".repeat(8000)}` }), "LIMIT_EXCEEDED"],
    [
      "16 purchases by alias",
      JSON.stringify({
        query: `mutation {
        ${Array.from({ length: 16 }, (_, i) => `b${i}: buySword(input: { playerId: "a", swordType: "b" }) { position }`).join(" ")}
      }`,
      }),
      "LIMIT_EXCEEDED",
    ],
    [
      "a huge page",
      JSON.stringify({ query: "{ guilds(first: 99999999) { edges { cursor } } }" }),
      "LIMIT_EXCEEDED",
    ],
    [
      "a huge page by a default",
      JSON.stringify({ query: "query ($n: Int = 99999999) { guilds(first: $n) { edges { cursor } } }" }),
      "LIMIT_EXCEEDED",
    ],
    [
      "pages of pages",
      JSON.stringify({
        query:
          "{ guilds(first: 100) { edges { node { members(first: 100) { edges { node { gold } } } } } } }",
      }),
      "LIMIT_EXCEEDED",
    ],
    [
      "wrong variables",
      JSON.stringify({ query: "query ($id: ID!) { player(id: $id) { id } }", variables: { id: {} } }),
      "BAD_USER_INPUT",
    ],
    [
      "variables nested 1,000 times",
      `{"query":"query ($id: ID!) { player(id: $id) { id } }","variables":{"id":${"[".repeat(1000)}${"]".repeat(1000)}}}`,
      "BAD_USER_INPUT",
    ],
    [
      "variables nested 10,000 times",
      `{"query":"query ($id: ID!) { player(id: $id) { id } }","variables":{"id":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`,
      "LIMIT_EXCEEDED",
    ],
    [
      "5,000 unknown fields in a variable",
      JSON.stringify({
        query: "mutation ($i: LeaveGuildInput!) { leaveGuild(input: $i) { position } }",
        variables: { i: Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`p${n}`, n])) },
      }),
      "LIMIT_EXCEEDED",
    ],
    [
      "__proto__ as a variable",
      '{"query":"query ($id: ID!) { player(id: $id) { id } }","variables":{"__proto__":{"id":"alice"}}}',
      "BAD_USER_INPUT",
    ],
  ])("%s is 400, and nothing is resolved", async (_, body, code) => {
    const { url, logger } = await newListening(untouchable())

    const answer = await answerOf(await post(url, body))

    expect(answer.status).toBe(400)
    expect(answer).not.toHaveProperty("data")
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, retryable: false })
    expect(JSON.stringify(answer)).not.toMatch(/stack|node_modules|\.ts:/)
    expect(logger.entries.filter(({ level }) => level === "error")).toEqual([])
  })

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "application/json; charset=latin1",
    "application/graphql",
    "",
  ])("content of type %j is 415", async type => {
    const { url } = await newListening(untouchable())

    const answer = await answerOf(
      await post(url, JSON.stringify({ query: SWORDS }), { "content-type": type }),
    )

    expect(answer.status).toBe(415)
    expect(answer.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT")
  })

  test("compressed content is 415", async () => {
    const { url } = await newListening(untouchable())
    const headers = { "content-type": "application/json", "content-encoding": "gzip" }

    expect((await answerOf(await post(url, "x", headers))).status).toBe(415)
  })

  test.each([
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    'application/json; charset="utf-8"',
  ])("content of type %j is accepted", async type => {
    const { url } = await newListening()

    const answer = await answerOf(
      await post(url, JSON.stringify({ query: SWORDS }), { "content-type": type }),
    )

    expect(answer.status).toBe(200)
  })
})

describe("a body that is too long", () => {
  const padded = (bytes: number) => {
    const body = JSON.stringify({ query: SWORDS, extensions: { pad: "" } })
    return body.replace('"pad":""', `"pad":"${"x".repeat(bytes - body.length)}"`)
  }

  test("has more than 100 KB", async () => {
    const { url } = await newListening()

    expect((await answerOf(await post(url, padded(102_400)))).status).toBe(200)
    expect((await answerOf(await post(url, padded(102_401)))).status).toBe(413)
  })

  test("is 413 and names the limit", async () => {
    const { url } = await newListening(untouchable())

    const answer = await answerOf(await post(url, padded(1_000_000)))

    expect(answer.status).toBe(413)
    expect(answer.errors).toEqual([
      {
        message: "the request exceeds the limit bodyBytes: expected at most 102400, got 1000000",
        extensions: {
          code: "LIMIT_EXCEEDED",
          retryable: false,
          limit: "bodyBytes",
          allowed: 102_400,
          found: 1_000_000,
        },
      },
    ])
  })

  test("is noticed even if it does not say how long it is", async () => {
    const { url } = await newListening(untouchable())
    const chunk = new TextEncoder().encode("x".repeat(50_000))
    const body = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 6; i++) controller.enqueue(chunk)
        controller.close()
      },
    })

    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      duplex: "half",
    } as RequestInit)

    expect(response.status).toBe(413)
  })

  test("has its connection closed if it does not end", async () => {
    const { port } = await newListening(untouchable())
    const raw = new RawConnection(port)
    raw.send(
      "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n",
    )
    raw.send("x".repeat(1000))

    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 413 /)
    expect(raw.received).toContain('"code":"LIMIT_EXCEEDED"')
  })
})
