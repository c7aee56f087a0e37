import { isPercentEncoded } from "../../lib/percentEncoding.js"

/** The address of a Redis, without credentials. */
export interface RedisUrl {
  /** `redis://host:port/database`: safe for logs and messages. */
  readonly place: string
  /** The database number. */
  readonly database: number
}

const DEFAULT_PORT = "6379"

const EXPECTED =
  "REDIS_URL: expected redis://[user:password@]host:port[/number] or rediss://…; " +
  "in the password, reserved characters as %23 for #"

/**
 * What is wrong with a URL, or null; the message never repeats it, as it may contain a password. Nothing may follow the
 * number: the client would read its own settings from there and prefer them to ours.
 */
export function redisUrlMistake(url: string): string | null {
  if (!/^rediss?:\/\/[^/]/.test(url) || !URL.canParse(url)) return EXPECTED
  const { username, password, pathname, search, hash } = new URL(url)
  const isRight = isPercentEncoded(username + password) && /^(\/\d*)?$/.test(pathname)
  return isRight && search === "" && hash === "" ? null : EXPECTED
}

/** Throws an Error with the mistake. */
export function parseRedisUrl(url: string): RedisUrl {
  const mistake = redisUrlMistake(url)
  if (mistake !== null) throw new Error(mistake)
  const { protocol, hostname, port, pathname } = new URL(url)
  const database = pathname === "/" ? "" : pathname
  const place = `${protocol}//${hostname}:${port || DEFAULT_PORT}${database}`
  return { place, database: Number(database.slice(1)) }
}
