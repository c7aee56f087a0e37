/** The address of a Redis, without credentials. */
export interface RedisUrl {
  /** `redis://host:port/database`: safe for logs and messages. */
  readonly place: string
  /** The database number. */
  readonly database: number
}

const DEFAULT_PORT = "6379"

/** Throws an Error that says what is expected but never repeats the URL, which may contain a password. */
export function parseRedisUrl(url: string): RedisUrl {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const known = parsed?.protocol === "redis:" || parsed?.protocol === "rediss:"
  if (parsed === null || !known || parsed.hostname === "") {
    throw new Error(
      "REDIS_URL: expected redis://[user:password@]host[:port][/database], or rediss:// for TLS",
    )
  }
  if (!/^(\/\d*)?$/.test(parsed.pathname)) {
    throw new Error("REDIS_URL: expected the number of a database, or nothing, after the host and port")
  }
  const port = parsed.port === "" ? DEFAULT_PORT : parsed.port
  const database = parsed.pathname === "/" ? "" : parsed.pathname
  const place = `${parsed.protocol}//${parsed.hostname}:${port}${database}`
  return { place, database: Number(database.slice(1)) }
}
