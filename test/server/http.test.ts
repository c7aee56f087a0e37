import { describe, expect, test } from "vitest"
import { answerOf, ask, newListening, post } from "./support/listening.js"
import { stubGame, untouchable } from "./support/stubGame.js"

const SWORDS = "{ swords { type } }"

describe("POST /graphql", () => {
  test("answers JSON", async () => {
    const { url } = await newListening()

    const response = await post(url, JSON.stringify({ query: SWORDS }))

    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8")
    expect(response.headers.get("cache-control")).toBe("no-store")
    expect(response.headers.get("x-content-type-options")).toBe("nosniff")
    expect(await response.json()).toHaveProperty("data.swords.0.type")
  })

  test("answers in GraphQL's own media type on request", async () => {
    const { url } = await newListening()
    const headers = { "content-type": "application/json", accept: "application/graphql-response+json" }

    const good = await post(url, JSON.stringify({ query: SWORDS }), headers)
    const bad = await post(url, JSON.stringify({ query: "{" }), headers)

    for (const response of [good, bad]) {
      expect(response.headers.get("content-type")).toBe("application/graphql-response+json; charset=utf-8")
    }
    expect([good.status, bad.status]).toEqual([200, 400])
  })

  test("accepts text beyond ASCII as it is", async () => {
    const { url } = await newListening()

    const { errors } = await ask(url, "query ($id: ID!) { player(id: $id) { id } }", { id: "äöü😀" })

    expect(errors?.[0]?.message).toContain('got "äöü😀"')
  })

  test("an executed operation is 200, whatever became of its fields", async () => {
    const { url } = await newListening()

    const answer = await ask(url, `{ player(id: "fault") { id } swords { type } }`)

    expect(answer).toMatchObject({ status: 200, data: { player: null } })
    expect(answer.errors?.[0]?.extensions).toEqual({ code: "VIEWS_BEHIND", retryable: true })
  })

  test("the same operation has the same answer, many times over", async () => {
    const { url } = await newListening()
    const query = `mutation ($s: String!) {
        buySword(input: { playerId: "alice", swordType: $s, idempotencyKey: "k" }) { purchase { sword { type } } }
      }`

    for (let i = 0; i < 20; i++) {
      const { data } = await ask(url, query, { s: `s${i}` })
      expect(data.buySword.purchase.sword.type).toBe(`s${i}`)
    }
  })

  test("runs the operation that is named", async () => {
    const { url } = await newListening()
    const query = "query A { swords { type } } query B { monsters { type } }"
    const run = async (operationName?: string) =>
      answerOf(await post(url, JSON.stringify({ query, operationName })))

    expect((await run("B")).data).toHaveProperty("monsters")
    for (const wrong of [await run(), await run("C")]) {
      expect(wrong).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT" } }] })
    }
  })

  test("keys that the server made are in the extensions", async () => {
    const { url } = await newListening()

    const response = await post(
      url,
      JSON.stringify({
        query: 'mutation { b: buySword(input: { playerId: "alice", swordType: "x" }) { position } }',
      }),
    )

    expect(await response.json()).toMatchObject({ extensions: { idempotencyKeys: { b: "key-0" } } })
  })
})

describe("GET /graphql", () => {
  const get = (url: string, query: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { connection: "close", ...headers },
    })
  const preflight = { "apollo-require-preflight": "1" }

  test("answers queries with a header that needs a preflight", async () => {
    const { url } = await newListening()

    const answer = await answerOf(await get(url, SWORDS, preflight))

    expect(answer).toMatchObject({ status: 200, data: { swords: expect.any(Array) } })
  })

  test.each([
    ["without such a header", {}],
    ["with a content type of a form", { "content-type": "text/plain" }],
  ])("%s is refused: a page anywhere could send it", async (_, headers) => {
    const { url } = await newListening(untouchable())

    const answer = await answerOf(await get(url, SWORDS, headers))

    expect(answer.status).toBe(400)
    expect(answer.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT")
  })

  test("with a content type that is not JSON is 415", async () => {
    const { url } = await newListening(untouchable())

    expect((await get(url, SWORDS, { ...preflight, "content-type": "text/plain" })).status).toBe(415)
  })

  test("of a mutation is 405, and nothing is done", async () => {
    const { url } = await newListening(untouchable())

    const response = await get(
      url,
      'mutation { buySword(input: { playerId: "a", swordType: "b" }) { position } }',
      preflight,
    )

    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("POST")
  })

  test("keeps to the limits", async () => {
    const { url } = await newListening(untouchable())

    const answer = await answerOf(await get(url, "{ hello ".repeat(500), preflight))

    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: "GRAPHQL_PARSE_FAILED" } }] })
    expect(
      (await answerOf(await get(url, `{ ${"a ".repeat(1100)}}`, preflight))).errors?.[0]?.extensions.limit,
    ).toBe("tokens")
  })
})

describe("other places and methods", () => {
  test.each([
    "/",
    "/graphiql",
    "/graphql/",
    "/graphql/x",
    "/GRAPHQL",
    "/metric",
    "/../etc/passwd",
    "//graphql",
    "/favicon.ico",
  ])("%s is 404", async path => {
    const { url } = await newListening()

    const response = await fetch(`${url}${path}`, { headers: { connection: "close" } })

    expect(response.status).toBe(404)
    expect(await answerOf(response)).toHaveProperty("errors.0.extensions.code", "BAD_USER_INPUT")
  })

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])("%s /graphql is 405", async method => {
    const { url } = await newListening()

    const response = await fetch(`${url}/graphql`, { method, headers: { connection: "close" } })

    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("GET, POST")
  })

  test("a browser does not get a page", async () => {
    const { url } = await newListening()
    const headers = { accept: "text/html,*/*", "apollo-require-preflight": "1", connection: "close" }

    const response = await fetch(`${url}/graphql?query={__typename}`, { headers })

    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toContain("application/json")
    expect(await response.json()).toEqual({ data: { __typename: "Query" } })
  })
})

describe("another origin", () => {
  test.each(["https://evil.example", "null", "file://"])("%s gets no CORS headers", async origin => {
    const { url } = await newListening()
    const cors = (response: Response) =>
      [...response.headers.keys()].filter(name => name.startsWith("access-control"))
    const headers = { origin, connection: "close" }

    const answer = await post(url, JSON.stringify({ query: SWORDS }), {
      ...headers,
      "content-type": "application/json",
    })
    const preflight = await fetch(`${url}/graphql`, {
      method: "OPTIONS",
      headers: { ...headers, "access-control-request-method": "POST" },
    })

    expect(cors(answer)).toEqual([])
    expect(preflight.ok).toBe(false)
    expect(cors(preflight)).toEqual([])
  })
})

describe("in production", () => {
  test("there is no introspection, no suggestion, no type", async () => {
    const { url } = await newListening(stubGame(), { production: true })

    const introspection = await ask(url, "{ __schema { types { name } } }")
    const near = await ask(url, "{ swrds { type } }")
    const variable = await ask(url, "query ($id: ID!) { player(id: $id) { id } }", { id: {} })

    for (const answer of [introspection, near, variable]) {
      expect(answer.status).toBe(400)
      expect(JSON.stringify(answer)).not.toMatch(/did you mean|suggestion|"ID|__Type/i)
    }
  })
})
