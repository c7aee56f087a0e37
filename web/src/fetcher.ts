import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit"
import { getOperationAST } from "graphql"
import { GRAPHQL_PATH } from "./address.js"
import { subscribe } from "./subscribe.js"

const overHttp = createGraphiQLFetcher({ url: GRAPHQL_PATH, enableIncrementalDelivery: false })

/** Subscriptions go over a WebSocket, all else over HTTP. */
export const fetcher: Fetcher = (params, options) => {
  const document = options?.documentAST
  const operation = document && getOperationAST(document, params.operationName)
  if (operation?.operation !== "subscription") return overHttp(params, options)
  const { query, operationName, variables } = params
  return subscribe(operation, { query, operationName: operationName ?? null, variables: variables ?? null })
}
