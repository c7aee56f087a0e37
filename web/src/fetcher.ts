import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit"
import { GRAPHQL_PATH } from "./address.js"
import { findOperation } from "./operation.js"
import { subscribe } from "./subscribe.js"

const overHttp = createGraphiQLFetcher({ url: GRAPHQL_PATH, enableIncrementalDelivery: false })

/** Subscriptions go over a WebSocket, everything else over HTTP. */
export const fetcher: Fetcher = (params, options) => {
  const { query, variables = null } = params
  const operation = findOperation(query, params.operationName)
  const operationName = operation?.name?.value ?? null
  if (operation?.operation !== "subscription") return overHttp({ query, variables, operationName }, options)
  return subscribe(operation, { query, variables, operationName })
}
