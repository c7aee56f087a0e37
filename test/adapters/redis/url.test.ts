import { inspect } from "node:util"
import { expect, test } from "vitest"
import { parseRedisUrl } from "../../../src/adapters/redis/url.js"

test.each([
  ["redis://localhost", "redis://localhost:6379", 0],
  ["redis://localhost:7000/", "redis://localhost:7000", 0],
  ["redis://:secret@localhost/3", "redis://localhost:6379/3", 3],
  ["rediss://user:se%40cret@redis.example.com:6380/0", "rediss://redis.example.com:6380/0", 0],
  ["redis://user:secret@[::1]:7000", "redis://[::1]:7000", 0],
])("%s is at %s, without credentials, in database %i", (url, place, database) => {
  expect(parseRedisUrl(url)).toEqual({ place, database })
})

test.each([
  "",
  "localhost:6379",
  "http://user:secret@localhost",
  "redis://",
  "redis:secret",
  "redis://user:secret@localhost:port",
  "redis://user:secret@localhost/games",
])("%s is not a Redis URL, and the message does not repeat it", url => {
  let error: unknown
  try {
    parseRedisUrl(url)
  } catch (caught) {
    error = caught
  }

  expect(error).toBeInstanceOf(Error)
  expect(inspect(error, { depth: 10, showHidden: true })).toContain("REDIS_URL: expected")
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("secret")
})
