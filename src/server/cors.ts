import type { IncomingMessage, ServerResponse } from "node:http"
import { sendEmpty } from "./respond.js"

/**
 * The headers that a page of an allowed origin may send: any, as none of ours is a credential that a browser
 * adds by itself. Those that pages send to GraphQL are listed for clients that do not know the asterisk,
 * which never covers `authorization`.
 */
const ALLOWED_HEADERS = [
  "*",
  "authorization",
  "content-type",
  "apollo-require-preflight",
  "x-apollo-operation-name",
]

/** How long browsers may cache the answer to a preflight, in seconds; none keeps it longer. */
const KEPT = 7200

/** Lets a page whose origin is allowed read the answer: https://fetch.spec.whatwg.org/#http-cors-protocol */
export function letRead({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  if (origin !== undefined) response.setHeader("access-control-allow-origin", origin)
}

/** Whether the request is a browser's question whether a page may send something. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && "access-control-request-method" in headers
}

export function answerPreflight(response: ServerResponse): void {
  sendEmpty(response, 204, {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": ALLOWED_HEADERS.join(", "),
    "access-control-max-age": String(KEPT),
  })
}
