import { auditServer } from "graphql-http"
import { expect, test } from "vitest"
import { newListening } from "./support/listening.js"

// https://graphql.github.io/graphql-over-http, as graphql-http checks it: "error" is a MUST that is not met.
test("no MUST of GraphQL over HTTP is violated", async () => {
  const { url } = await newListening()

  const results = await auditServer({ url: `${url}/graphql`, fetchFn: fetch })

  expect(results.length).toBeGreaterThan(50)
  expect(results.filter(({ status }) => status === "error").map(({ name }) => name)).toEqual([])
})
