import type { ServerResponse } from "node:http"
import type { GraphQLFormattedError } from "graphql"

/** Nothing of ours is a page, and no answer is worth keeping. */
const HEADERS = { "x-content-type-options": "nosniff", "cache-control": "no-store" } as const

const JSON_TYPE = "application/json; charset=utf-8"
const GRAPHQL_TYPE = "application/graphql-response+json; charset=utf-8"

export type Headers = Readonly<Record<string, string>>

export function send(response: ServerResponse, status: number, text: string, headers: Headers): void {
  // The client is gone, or was answered already.
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...HEADERS, ...headers, "content-length": Buffer.byteLength(text) })
  response.end(text)
}

/** Errors in the shape of GraphQL, in the media type that the client prefers. */
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
