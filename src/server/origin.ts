import type { IncomingHttpHeaders } from "node:http"
import { isIPv4 } from "node:net"

/** A request that comes by a name, or from a page, that is not ours. The statuses are those of RFC 9110. */
export interface Stranger {
  readonly status: 403 | 421
  readonly message: string
}

/** Of a header in a message. */
const SHOWN_MAX = 60

/**
 * What is wrong with where a request comes from, or null. A page of anybody's may lead its own name to this machine
 * (DNS rebinding) and would then be of the same origin as we: so the Host must be a name of ours. And browsers let any
 * page open a WebSocket, and say in Origin which: so that must be the same host. Other clients send no Origin.
 *
 * `bound` is the address that the server listens on.
 */
export function strangerOf(
  { host = "", origin }: Pick<IncomingHttpHeaders, "host" | "origin">,
  bound: string,
): Stranger | null {
  const own = host.toLowerCase()
  if (!isOurs(own.replace(/:\d{1,5}$/, ""), bound.toLowerCase())) {
    const expected = "a Host header that names this server, as localhost or 127.0.0.1 does"
    return { status: 421, message: `expected ${expected}, got ${shown(host)}` }
  }
  if (origin === undefined || hostOf(origin) === own) return null
  return { status: 403, message: `expected the Origin header of a page of ${own}, got ${shown(origin)}` }
}

function isOurs(name: string, bound: string): boolean {
  if (name === "localhost" || name === "[::1]" || name === bound || name === `[${bound}]`) return true
  return isIPv4(name) && name.startsWith("127.")
}

/** Behind a proxy that speaks TLS the scheme is another one, and no secret. */
function hostOf(origin: string): string {
  return origin.toLowerCase().replace(/^https?:\/\//, "")
}

function shown(header: string): string {
  return JSON.stringify(header.slice(0, SHOWN_MAX))
}
