import type { ExecutionResult } from "graphql"
import { GRAPHQL_PATH } from "./address.js"

/** Sends one request over HTTP. Rejects if the server is not reached, or its answer is not JSON. */
export async function ask<T>(query: string, variables: object): Promise<ExecutionResult<T>> {
  const answer = await fetch(GRAPHQL_PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  })
  return answer.json()
}
