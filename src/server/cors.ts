import type { IncomingMessage, ServerResponse } from "node:http"
import { sendEmpty } from "./respond.js"

/**
 * What the page of an allowed origin may send. Any header, as none of ours is a credential that a browser adds by
 * itself; those that pages send to GraphQL are named for clients that do not know the asterisk, which never stands for
 * `authorization`.
 */
const ALLOWED_HEADERS = [
  "*",
  "authorization",
  "content-type",
  "apollo-require-preflight",
  "x-apollo-operation-name",
]

/** In seconds; no browser keeps it longer. */
const KEPT = 7200

/** Lets the page that asked, whose origin is allowed, read the answer: https://fetch.spec.whatwg.org/#http-cors-protocol */
export function letRead({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  if (origin !== undefined) response.setHeader("access-control-allow-origin", origin)
}

/** Whether a browser asks if a page may send something. */
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
