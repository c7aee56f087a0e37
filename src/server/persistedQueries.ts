import { clientError } from "../resolvers/errors.js"

/**
 * Clients may ask with the hash of a query alone, and send its text when the server does not know it. This one keeps no
 * queries of clients: as clients look at message and code, both are Apollo's, and its status is 200
 * (https://www.apollographql.com/docs/apollo-server/performance/apq). A hash beside a text means nothing.
 */
export const NOT_SUPPORTED = clientError("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")

/** Whether the extensions of a request name its query by a hash. */
export function namesQuery(extensions: unknown): boolean {
  return isRecord(extensions) && isRecord(extensions.persistedQuery)
}

/** A body without the name of its query, for Apollo, which would refuse it though the query is there too. */
export function withoutName(body: unknown): unknown {
  if (!isRecord(body) || !namesQuery(body.extensions)) return body
  const { extensions: _, ...rest } = body
  return rest
}

/**
 * A message of a WebSocket, with an empty query where only a hash names it: graphql-ws takes such a message for a broken
 * one, and would close the socket.
 */
export function withQuery(message: string): string {
  if (!message.includes('"persistedQuery"')) return message
  const parsed = parsedOf(message)
  if (!isRecord(parsed) || !isRecord(parsed.payload)) return message
  const { payload } = parsed
  if (!namesQuery(payload.extensions) || !isMissing(payload.query)) return message
  return JSON.stringify({ ...parsed, payload: { ...payload, query: "" } })
}

function isMissing(query: unknown): boolean {
  return query === undefined || query === null
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
