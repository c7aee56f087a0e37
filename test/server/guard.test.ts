import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from "graphql"
import { describe, expect, test } from "vitest"
import { LENGTH } from "../../src/resolvers/rowsLength.js"
import { guarded, guardedAsync } from "../../src/server/guard.js"
import { KeptLogger } from "../support/keptLogger.js"
import { ask, newListening } from "./support/listening.js"
import { stubGame } from "./support/stubGame.js"
import { WsClient } from "./support/wsClient.js"

const BUG = {
  message: "internal server error",
  extensions: { code: "INTERNAL_SERVER_ERROR", retryable: false },
}

const thrown = [new TypeError("secret"), "a text", null, Object.create(null)]

describe("what throws", () => {
  test.each(thrown)("becomes an error, and is logged: %#", async error => {
    const logger = new KeptLogger()
    const work = () => {
      throw error
    }

    expect(guarded(logger, work)).toEqual({ errors: [BUG] })
    expect(await guardedAsync(logger, async () => work())).toEqual({ errors: [BUG] })
    expect(logger.seen).toEqual(["error: operation: a bug", "error: operation: a bug"])
  })
})

/** A schema in which the cost of a field cannot be found: something of ours that throws outside of resolvers. */
function broken(): GraphQLSchema {
  const row = new GraphQLObjectType({ name: "Row", fields: { n: { type: GraphQLInt } } })
  const good = { type: GraphQLInt, resolve: () => 1 }
  const query = new GraphQLObjectType({ name: "Query", fields: { rows: { type: row }, good } })
  const subscription = new GraphQLObjectType({ name: "Subscription", fields: { rows: { type: row } } })
  for (const { rows } of [query.getFields(), subscription.getFields()]) {
    if (rows === undefined) throw new Error("no rows")
    rows.extensions = {
      get [LENGTH](): number {
        throw new TypeError("secret")
      },
    }
  }
  return new GraphQLSchema({ query, subscription })
}

describe("a bug that an operation meets outside of its resolvers", () => {
  test("is 500 for that request alone over HTTP", async () => {
    const { url } = await newListening(stubGame(), { schema: broken() })

    expect(await ask(url, "{ rows { n } }")).toEqual({ status: 500, errors: [BUG] })
    expect(await ask(url, "{ good }")).toEqual({ status: 200, data: { good: 1 } })
  })

  test.each(["{ rows { n } }", "subscription { rows { n } }"])(
    "ends that operation alone over a WebSocket: %s",
    async text => {
      const { url } = await newListening(stubGame(), { schema: broken() })
      const client = await WsClient.connect(url)

      client.subscribe("broken", text)
      client.subscribe("good", "{ good }")

      const { type, payload } = await client.next(
        text.startsWith("subscription") ? "error" : "next",
        "broken",
      )
      expect(type === "error" ? payload : payload.errors).toEqual([BUG])
      expect(await client.next("next", "good")).toMatchObject({ payload: { data: { good: 1 } } })
    },
  )
})
