import { expect, test } from "vitest"
import { HEARTBEAT_MS } from "../../src/client/connection.js"
import { SUBSCRIBERS_MAX } from "../../src/load/subscribers/audience.js"
import { LIMITS } from "../../src/server/limits.js"
import { FEED_BOUNDS } from "../../src/tail/feed.js"

// The client imports nothing of the server, so it states these itself.

test("the client expects heartbeats as often as a server sends them", () => {
  expect(HEARTBEAT_MS).toBe(FEED_BOUNDS.heartbeatMs)
})

test("the load has at most the subscribers that one server accepts", () => {
  expect(SUBSCRIBERS_MAX).toBe(LIMITS.socketsPerAddress * LIMITS.operationsPerSocket)
})
