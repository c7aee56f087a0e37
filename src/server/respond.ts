import type { ServerResponse } from "node:http"
import type { GraphQLFormattedError } from "graphql"

/** By default an answer is not cached, and it depends on the Origin of the request. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  vary: "origin",
} as const

const JSON_TYPE = "application/json; charset=utf-8"
const GRAPHQL_TYPE = "application/graphql-response+json; charset=utf-8"

export type Headers = Readonly<Record<string, string>>

/** Sends an answer. Node.js leaves out the content if the request was HEAD. */
export function send(
  response: ServerResponse,
  status: number,
  content: string | Buffer,
  headers: Headers,
): void {
  // The client is gone, or was answered already.
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...HEADERS, ...headers, "content-length": Buffer.byteLength(content) })
  response.end(content)
}

/** An answer that cannot have content. */
export function sendEmpty(response: ServerResponse, status: 204 | 304, headers: Headers): void {
  response.writeHead(status, { ...HEADERS, ...headers })
  response.end()
}

/** Redirects temporarily: a client asks again the next time. */
export function sendElsewhere(response: ServerResponse, location: string): void {
  send(response, 302, "", { location })
}

/** The status of an answer without data: the request was wrong, unless there is a bug. */
export function statusOf(errors: readonly GraphQLFormattedError[]): 400 | 500 {
  return errors.some(({ extensions }) => extensions?.code === "INTERNAL_SERVER_ERROR") ? 500 : 400
}

/** Sends errors in GraphQL's format, in the media type that the client prefers. */
export function sendErrors(
  response: ServerResponse,
  status: number,
  errors: readonly GraphQLFormattedError[],
  headers: Headers = {},
): void {
  const prefersGraphql = response.req.headers.accept?.includes("application/graphql-response+json") ?? false
  const type = prefersGraphql ? GRAPHQL_TYPE : JSON_TYPE
  send(response, status, JSON.stringify({ errors }), { "content-type": type, ...headers })
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, JSON.stringify(value), { "content-type": JSON_TYPE })
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, text, { "content-type": "text/plain; charset=utf-8" })
}
