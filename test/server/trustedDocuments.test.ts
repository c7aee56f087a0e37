import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { answerOf, newListening, post } from "./support/listening.js"
import { untouchable } from "./support/stubGame.js"
import { WsClient } from "./support/wsClient.js"

const query = "{ __typename }"
const sha256Hash = createHash("sha256").update(query).digest("hex")
const extensions = { persistedQuery: { version: 1, sha256Hash } }
const NOT_SUPPORTED = {
  message: "PersistedQueryNotSupported",
  extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED", retryable: false },
}

async function get(url: string, parameters: Record<string, string>) {
  const headers = { "apollo-require-preflight": "1", connection: "close" }
  return answerOf(await fetch(`${url}/graphql?${new URLSearchParams(parameters)}`, { headers }))
}

describe("a request with only the hash of its query", () => {
  test("gets, by POST and GET, the answer that this is not supported, as Apollo's clients expect", async () => {
    const { url } = await newListening(untouchable())
    const refused = { status: 200, errors: [NOT_SUPPORTED] }

    expect(await answerOf(await post(url, JSON.stringify({ extensions })))).toEqual(refused)
    expect(
      await answerOf(await post(url, JSON.stringify({ query: null, variables: {}, extensions }))),
    ).toEqual(refused)
    expect(await get(url, { extensions: JSON.stringify(extensions) })).toEqual(refused)
  })

  test.each([{}, { query: null }, { query: "" }])(
    "gets the same over a WebSocket, which stays open: %j",
    async without => {
      const { url } = await newListening(untouchable())
      const client = await WsClient.connect(url)

      client.send({ id: "1", type: "subscribe", payload: { ...without, extensions } })
      expect((await client.next("error", "1")).payload).toEqual([NOT_SUPPORTED])

      client.send({ id: "1", type: "subscribe", payload: { query, extensions } })
      expect((await client.next("next", "1")).payload).toEqual({ data: { __typename: "Query" } })
    },
  )
})

describe("a request with a hash and the text", () => {
  test.each([extensions, { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } }])(
    "is executed, whatever the hash: %j",
    async hash => {
      const { url } = await newListening(untouchable())
      const answer = { status: 200, data: { __typename: "Query" } }

      expect(await answerOf(await post(url, JSON.stringify({ query, extensions: hash })))).toEqual(answer)
      expect(await get(url, { query, extensions: JSON.stringify(hash) })).toEqual(answer)
    },
  )
})

describe("other extensions", () => {
  test.each([{ trace: 1 }, { persistedQuery: "x" }, null])("do not name a query: %j", async other => {
    const { url } = await newListening(untouchable())

    expect((await answerOf(await post(url, JSON.stringify({ extensions: other })))).status).toBe(400)
    expect((await get(url, { extensions: JSON.stringify(other) })).status).toBe(400)
  })

  test("do not make a broken message valid", async () => {
    const { url } = await newListening(untouchable())
    const client = await WsClient.connect(url)

    client.send({ id: "1", type: "subscribe", payload: { query: 7, extensions } })

    expect(await client.closed).toBe(4400)
  })
})

describe("registered documents", () => {
  const trusted = (only: boolean) => ({ trustedDocuments: { texts: new Map([[sha256Hash, query]]), only } })
  const other = "{ a: __typename }"
  const otherHash = createHash("sha256").update(other).digest("hex")
  const answer = { data: { __typename: "Query" } }
  const names: Record<string, object> = {
    "a hash as Apollo's clients send it": { extensions },
    "a documentId": { documentId: `sha256:${sha256Hash}` },
    "a documentId without its prefix": { documentId: sha256Hash },
    "its exact text": { query },
    "its text and another hash": { query, documentId: otherHash },
  }

  test.each(Object.entries(names))("are executed by %s: over HTTP and WebSocket", async (_, request) => {
    const { url } = await newListening(untouchable(), trusted(true))
    const client = await WsClient.connect(url)

    expect(await answerOf(await post(url, JSON.stringify(request)))).toEqual({ status: 200, ...answer })
    const parameters = Object.entries(request).map(([name, value]) => {
      return [name, typeof value === "string" ? value : JSON.stringify(value)]
    })
    expect(await get(url, Object.fromEntries(parameters))).toEqual({ status: 200, ...answer })
    client.send({ id: "1", type: "subscribe", payload: request })
    expect((await client.next("next", "1")).payload).toEqual(answer)
  })

  const others: Record<string, object> = {
    "another text": { query: other },
    "the same text with a space more": { query: `${query} ` },
    "a text with the hash of a registered one": { query: other, documentId: sha256Hash },
    "another hash": { documentId: otherHash },
    "a hash that is none": { extensions: { persistedQuery: { sha256Hash: { toString: "x" } } } },
    "a name of every object": { documentId: "__proto__" },
  }

  test.each(Object.entries(others))("alone: %s is refused, and nothing is executed", async (_, request) => {
    const { url } = await newListening(untouchable(), trusted(true))
    const client = await WsClient.connect(url)
    const refused = expect.objectContaining({
      extensions: { code: "DOCUMENT_NOT_TRUSTED", retryable: false },
    })

    expect(await answerOf(await post(url, JSON.stringify(request)))).toEqual({
      status: 400,
      errors: [refused],
    })
    client.send({ id: "1", type: "subscribe", payload: request })
    expect((await client.next("error", "1")).payload).toEqual([refused])
  })

  test("beside others: any text is executed, and a client is asked for the text of a hash that is not known", async () => {
    const { url } = await newListening(untouchable(), trusted(false))

    expect((await answerOf(await post(url, JSON.stringify({ query: other })))).data).toEqual({ a: "Query" })
    expect(await answerOf(await post(url, JSON.stringify({ documentId: sha256Hash })))).toMatchObject(answer)
    expect(await answerOf(await post(url, JSON.stringify({ documentId: otherHash })))).toEqual({
      status: 200,
      errors: [NOT_SUPPORTED],
    })
  })
})
