import type { IncomingMessage } from "node:http"
import { isIPv4 } from "node:net"
import type { GraphQLFormattedError } from "graphql"
import { clientError } from "../resolvers/errors.js"
import type { RequestTarget } from "./target.js"

/** Which pages may talk to this server. */
export interface OriginPolicy {
  /** The address that the server listens on; if that is loopback, this machine's pages may talk to it. */
  readonly bound: string
  /** As browsers send them: `https://game.example`, `http://192.0.2.1:5173`. */
  readonly allowedOrigins: readonly string[]
}

/** The refusal of a request because of where it comes from. The statuses are those of RFC 9110. */
export interface OriginRefusal {
  readonly status: 400 | 403 | 421
  readonly error: GraphQLFormattedError
}

/** How much of a header a message shows. */
const SHOWN_MAX = 60

/**
 * What is wrong with where a request comes from, or null. Anybody's page may point its own name at this
 * machine (DNS rebinding), and would then have our origin: so there must be exactly one Host, with one of our
 * names. And browsers let any page open a WebSocket and send simple requests, and name the page in Origin: so
 * that must have our host, or be an allowed origin. Other clients send no Origin.
 */
export function refusalOf(
  { headers: { origin }, rawHeaders }: Pick<IncomingMessage, "headers" | "rawHeaders">,
  { authority }: Pick<RequestTarget, "authority">,
  policy: OriginPolicy,
): OriginRefusal | null {
  const hosts = rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === "host").length
  if (hosts > 1)
    return { status: 400, error: clientError("BAD_USER_INPUT", `expected one Host header, got ${hosts}`) }
  const stranger = strangerOf({ host: authority, origin }, policy)
  if (stranger === null) return null
  return { status: stranger.status, error: clientError("FORBIDDEN", stranger.message) }
}

/** A request under a name, or from a page, that is not ours. */
export interface Stranger {
  readonly status: 403 | 421
  readonly message: string
}

export function strangerOf(
  { host = "", origin }: { readonly host?: string; readonly origin?: string | undefined },
  policy: OriginPolicy,
): Stranger | null {
  const own = host.toLowerCase()
  if (!isOurs(own.replace(/:\d{1,5}$/, ""), policy.bound.toLowerCase())) {
    const expected = "a Host header that names this server, as localhost or 127.0.0.1 does"
    return { status: 421, message: `expected ${expected}, got ${shown(host)}` }
  }
  if (origin === undefined || isAllowed(origin.toLowerCase(), own, policy)) return null
  const expected = `the Origin header of a page of ${own}, or one of the setting ALLOWED_ORIGINS`
  return { status: 403, message: `expected ${expected}, got ${shown(origin)}` }
}

function isOurs(name: string, bound: string): boolean {
  return name === bound || name === `[${bound}]` || isLoopback(name)
}

function isAllowed(origin: string, own: string, { bound, allowedOrigins }: OriginPolicy): boolean {
  if (!isOrigin(origin)) return false
  // The scheme is not compared: behind a proxy that speaks TLS it differs.
  const { host, hostname } = new URL(origin)
  if (host === own || allowedOrigins.includes(origin)) return true
  return isLoopback(bound) && isLoopback(hostname)
}

/**
 * Whether a text is the origin of a page served over HTTP, as browsers write it. `null` and `file:` are not.
 */
export function isOrigin(text: string): text is string {
  return /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

/** The origin of a server: `http://host:port`, without a slash at the end. */
export function originOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`
}

/** Whether a name, or an address as in a URL, always means this machine. */
export function isLoopback(name: string): boolean {
  if (name === "localhost" || name === "::1" || name === "[::1]") return true
  return isIPv4(name) && name.startsWith("127.")
}

function shown(header: string): string {
  return JSON.stringify(header.slice(0, SHOWN_MAX))
}
