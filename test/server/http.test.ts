import { connect } from "node:net"
import { describe, expect, test } from "vitest"
import { ListenError, startServer } from "../../src/server/server.js"
import { KeptLogger } from "../support/keptLogger.js"
import { ask, newListening, post, RawConnection, told } from "./support/listening.js"
import { stubGame } from "./support/stubGame.js"

const SWORDS = "{ swords { type } }"

/** Sees to it that no resolver is called. */
function untouchable() {
  const touched = () => {
    throw new Error("a resolver was called")
  }
  return {
    ...stubGame(),
    commands: { execute: touched },
    views: { read: touched, list: touched, checkpoint: null },
  }
}

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

  test("answers in GraphQL's own media type who asks for it", async () => {
    const { url } = await newListening()
    const headers = { "content-type": "application/json", accept: "application/graphql-response+json" }

    const good = await post(url, JSON.stringify({ query: SWORDS }), headers)
    const bad = await post(url, JSON.stringify({ query: "{" }), headers)

    for (const response of [good, bad]) {
      expect(response.headers.get("content-type")).toBe("application/graphql-response+json; charset=utf-8")
    }
    expect([good.status, bad.status]).toEqual([200, 400])
  })

  test("takes text beyond ASCII as it is", async () => {
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

  test("the same operation, many times, has the same answer", async () => {
    const { url } = await newListening()
    const query =
      'mutation ($s: String!) { buySword(input: { playerId: "alice", swordType: $s, idempotencyKey: "k" }) { purchase { sword { type } } } }'

    for (let i = 0; i < 20; i++) {
      const { data } = await ask(url, query, { s: `s${i}` })
      expect(data.buySword.purchase.sword.type).toBe(`s${i}`)
    }
  })

  test("runs the operation that is named", async () => {
    const { url } = await newListening()
    const query = "query A { swords { type } } query B { monsters { type } }"
    const run = async (operationName?: string) =>
      told(await post(url, JSON.stringify({ query, operationName })))

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
    [
      "a persisted query",
      JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: "x" } } }),
      "BAD_USER_INPUT",
    ],
    ["no GraphQL", JSON.stringify({ query: "{" }), "GRAPHQL_PARSE_FAILED"],
    ["not of this schema", JSON.stringify({ query: "{ helo }" }), "GRAPHQL_VALIDATION_FAILED"],
    ["a subscription", JSON.stringify({ query: "subscription { swords }" }), "BAD_USER_INPUT"],
    ["too deep", JSON.stringify({ query: `${"{ a ".repeat(8000)}${"}".repeat(8000)}` }), "LIMIT_EXCEEDED"],
    [
      "16 purchases by alias",
      JSON.stringify({
        query: `mutation { ${Array.from({ length: 16 }, (_, i) => `b${i}: buySword(input: { playerId: "a", swordType: "b" }) { position }`).join(" ")} }`,
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
      "variables nested 10,000 times",
      `{"query":"query ($id: ID!) { player(id: $id) { id } }","variables":{"id":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`,
      "BAD_USER_INPUT",
    ],
    [
      "__proto__ as a variable",
      '{"query":"query ($id: ID!) { player(id: $id) { id } }","variables":{"__proto__":{"id":"alice"}}}',
      "BAD_USER_INPUT",
    ],
  ])("%s is 400, and nothing is resolved", async (_, body, code) => {
    const { url, logger } = await newListening(untouchable())

    const answer = await told(await post(url, body))

    expect(answer.status).toBe(400)
    expect(answer).not.toHaveProperty("data")
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code, retryable: false })
    expect(JSON.stringify(answer)).not.toMatch(/stack|node_modules|\.ts:/)
    expect(logger.told.filter(({ level }) => level === "error")).toEqual([])
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

    const answer = await told(await post(url, JSON.stringify({ query: SWORDS }), { "content-type": type }))

    expect(answer.status).toBe(415)
    expect(answer.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT")
  })

  test("compressed content is 415", async () => {
    const { url } = await newListening(untouchable())
    const headers = { "content-type": "application/json", "content-encoding": "gzip" }

    expect((await told(await post(url, "x", headers))).status).toBe(415)
  })

  test.each([
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    'application/json; charset="utf-8"',
  ])("content of type %j is welcome", async type => {
    const { url } = await newListening()

    const answer = await told(await post(url, JSON.stringify({ query: SWORDS }), { "content-type": type }))

    expect(answer.status).toBe(200)
  })
})

describe("a body that is too long", () => {
  const padded = (bytes: number) => {
    const body = JSON.stringify({ query: SWORDS, extensions: { pad: "" } })
    return body.replace('"pad":""', `"pad":"${"x".repeat(bytes - body.length)}"`)
  }

  test("begins beyond 100 KB", async () => {
    const { url } = await newListening()

    expect((await told(await post(url, padded(102_400)))).status).toBe(200)
    expect((await told(await post(url, padded(102_401)))).status).toBe(413)
  })

  test("is 413 that names the limit", async () => {
    const { url } = await newListening(untouchable())

    const answer = await told(await post(url, padded(1_000_000)))

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

  test("is noticed too when it does not say how long it is", async () => {
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

  test("ends the connection when it does not end itself", async () => {
    const { port } = await newListening(untouchable())
    const raw = new RawConnection(port)
    raw.send(
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000000\r\n\r\n",
    )
    raw.send("x".repeat(1000))

    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 413 /)
    expect(raw.received).toContain('"code":"LIMIT_EXCEEDED"')
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

    const answer = await told(await get(url, SWORDS, preflight))

    expect(answer).toMatchObject({ status: 200, data: { swords: expect.any(Array) } })
  })

  test.each([
    ["without such a header", {}],
    ["with a content type of a form", { "content-type": "text/plain" }],
  ])("%s is refused: a page anywhere could send it", async (_, headers) => {
    const { url } = await newListening(untouchable())

    const answer = await told(await get(url, SWORDS, headers))

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

    const answer = await told(await get(url, "{ hello ".repeat(500), preflight))

    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: "GRAPHQL_PARSE_FAILED" } }] })
    expect(
      (await told(await get(url, `{ ${"a ".repeat(1100)}}`, preflight))).errors?.[0]?.extensions.limit,
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
    "/metrics",
    "/../etc/passwd",
    "//graphql",
    "/favicon.ico",
  ])("%s is 404", async path => {
    const { url } = await newListening()

    const response = await fetch(`${url}${path}`, { headers: { connection: "close" } })

    expect(response.status).toBe(404)
    expect(await told(response)).toHaveProperty("errors.0.extensions.code", "BAD_USER_INPUT")
  })

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])("%s /graphql is 405", async method => {
    const { url } = await newListening()

    const response = await fetch(`${url}/graphql`, { method, headers: { connection: "close" } })

    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("GET, POST")
  })

  test("a browser gets no page", async () => {
    const { url } = await newListening()
    const headers = { accept: "text/html,*/*", "apollo-require-preflight": "1", connection: "close" }

    const response = await fetch(`${url}/graphql?query={__typename}`, { headers })

    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toContain("application/json")
    expect(await response.json()).toEqual({ data: { __typename: "Query" } })
  })
})

describe("another origin", () => {
  test.each(["https://evil.example", "null", "http://127.0.0.1:4000"])(
    "%s gets no CORS headers",
    async origin => {
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
    },
  )
})

describe("health and readiness", () => {
  test("it is alive", async () => {
    const { url } = await newListening()

    const response = await fetch(`${url}/healthz`, { headers: { connection: "close" } })

    expect([response.status, await response.text()]).toEqual([200, "ok"])
  })

  test("it is ready when nothing stands against it, and says what does", async () => {
    const reasons: string[] = []
    const { url } = await newListening({ ...stubGame(), unready: () => reasons })
    const ready = async () => {
      const response = await fetch(`${url}/readyz`, { headers: { connection: "close" } })
      return [response.status, await response.json()]
    }

    expect(await ready()).toEqual([200, { ready: true, reasons: [] }])
    reasons.push("log: 5 records to read")
    expect(await ready()).toEqual([503, { ready: false, reasons: ["log: 5 records to read"] }])
  })

  test.each(["/healthz", "/readyz"])("%s takes GET and HEAD only", async path => {
    const { url } = await newListening()
    const status = async (method: string) =>
      (await fetch(`${url}${path}`, { method, headers: { connection: "close" } })).status

    expect(await status("HEAD")).toBe(200)
    expect(await status("POST")).toBe(405)
  })
})

describe("listening", () => {
  test("on a taken port says which, and which setting changes it", async () => {
    const { port } = await newListening()

    const second = startServer({ host: "127.0.0.1", port, game: stubGame(), logger: new KeptLogger() })

    await expect(second).rejects.toThrow(ListenError)
    await expect(second).rejects.toThrow(`port ${port} of 127.0.0.1 is taken: set PORT`)
  })

  test("on an address of another machine says so", async () => {
    const second = startServer({ host: "192.0.2.1", port: 0, game: stubGame(), logger: new KeptLogger() })

    await expect(second).rejects.toThrow("192.0.2.1 is no address of this machine: set HOST")
  })

  test("tells where", async () => {
    const { url, port } = await newListening()

    expect(url).toBe(`http://127.0.0.1:${port}`)
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(resolve))
      socket.once("error", reject)
    })
  })
})

describe("a client that goes away", () => {
  test("in the middle of its body, leaves nothing behind", async () => {
    const { url, port, logger } = await newListening(untouchable())
    const raw = new RawConnection(port)
    raw.send(
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    )
    raw.socket.destroy()
    await raw.closed

    expect((await fetch(`${url}/healthz`, { headers: { connection: "close" } })).status).toBe(200)
    expect(logger.told.filter(({ level }) => level === "error")).toEqual([])
  })

  test("that sends no HTTP is told so and let go", async () => {
    const { port } = await newListening()
    const raw = new RawConnection(port)
    raw.send("nonsense\r\n\r\n")

    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 400 /)
  })

  test("with headers too long is told so and let go", async () => {
    const { port } = await newListening()
    const raw = new RawConnection(port)
    raw.send(`GET /healthz HTTP/1.1\r\nhost: x\r\nlong: ${"x".repeat(20_000)}\r\n\r\n`)

    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 431 /)
  })
})

describe("a client that is slow", () => {
  const timeouts = { headers: 200, request: 300, check: 20, stalled: 400 }

  test.each([
    ["with its headers", "POST /graphql HTTP/1.1\r\nhost: x\r\nslow: x"],
    [
      "with its body",
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    ],
  ])("%s is told so and let go", async (_, begun) => {
    const { port, logger } = await newListening(untouchable(), { timeouts })
    const raw = new RawConnection(port)
    raw.send(begun)
    const drip = setInterval(() => raw.socket.writable && raw.send(" "), 50)

    await raw.closed
    clearInterval(drip)

    expect(raw.received).toMatch(/^HTTP\/1\.1 408 /)
    expect(logger.told.filter(({ level }) => level === "error")).toEqual([])
  })

  test("and sends nothing at all is let go", async () => {
    const { port } = await newListening(untouchable(), { timeouts })
    const raw = new RawConnection(port)

    await raw.closed

    expect(raw.received).toMatch(/^(HTTP\/1\.1 408 |$)/)
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
