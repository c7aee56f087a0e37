import { isRecord, parseJson } from "../lib/json.js"
import { clientError } from "../resolvers/errors.js"

/**
 * The error for automatic persisted queries: clients may send only the hash of a query, and its text if the
 * server does not know it. This server keeps no queries of clients. As clients look at message and code, both
 * are Apollo's, and its status is 200 (https://www.apollographql.com/docs/apollo-server/performance/apq). A
 * hash with a text is ignored.
 */
export const NOT_SUPPORTED = clientError("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")

/** Whether the extensions of a request name its query by a hash. */
export function namesQuery(extensions: unknown): boolean {
  return isRecord(extensions) && isRecord(extensions.persistedQuery)
}

/** A body without its query's hash, for Apollo, which would refuse it even though it has the query too. */
export function withoutName(body: unknown): unknown {
  if (!isRecord(body) || !namesQuery(body.extensions)) return body
  const { extensions: _, ...rest } = body
  return rest
}

/**
 * A WebSocket message, with an empty query if only a hash names it: graphql-ws would take such a message for
 * a broken one and close the socket.
 */
export function withQuery(message: string): string {
  if (!message.includes('"persistedQuery"')) return message
  const parsed = parseJson(message)
  if (!isRecord(parsed) || !isRecord(parsed.payload)) return message
  const { payload } = parsed
  if (!namesQuery(payload.extensions) || payload.query != null) return message
  return JSON.stringify({ ...parsed, payload: { ...payload, query: "" } })
}
