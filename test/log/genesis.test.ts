import { describe, expect, test } from "vitest"
import { encodeGenesis } from "../../src/log/codec.js"
import { LAG_MAX } from "../../src/log/commit.js"
import { openGenesis } from "../../src/log/genesis.js"
import type { Log } from "../../src/ports/log.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { faultOf } from "../support/fault.js"
import { RecordedLog } from "./support/recordedLog.js"

const written = { logId: "log-1", realm: 3, lagMax: 50, format: 1 }

// Shows R9.
describe("opening a log", () => {
  test("that is empty appends a genesis, once", async () => {
    const server = logServer()

    const first = await open(server.connect("a"), { newId: () => "log-1" })
    const again = await open(server.connect("b"), { newId: () => "log-2" })

    expect(first).toEqual({ logId: "log-1", realm: 3, lagMax: LAG_MAX, format: 1 })
    expect(again).toEqual(first)
    expect(server.records.length).toBe(1)
  })

  test("that has a genesis reads it, whatever the options would write", async () => {
    const log = new RecordedLog([encodeGenesis(written)])

    expect(await open(log, { lagMax: 7 })).toEqual(written)
  })

  test("by several processes at once gives all of them the same: the record at offset 0", async () => {
    const server = logServer()
    const ids = ["a", "b", "c", "d"]

    const opened = await Promise.all(ids.map(id => open(server.connect(id), { newId: () => `log-${id}` })))

    expect(new Set(opened.map(({ logId }) => logId)).size).toBe(1)
    expect(server.records.length).toBeGreaterThan(1)
  })
})

describe("a log is refused", () => {
  test.each<[string, Uint8Array, string]>([
    ["whose first record is garbage", Buffer.from("garbage"), "LOG_TRUNCATED"],
    ["whose first record is a hole", new Uint8Array(), "LOG_TRUNCATED"],
    ["of another realm", encodeGenesis({ ...written, realm: 4 }), "LOG_TRUNCATED"],
    ["of a later format", encodeGenesis({ ...written, format: 2 }), "NEEDS_NEWER_BUILD"],
  ])("%s", async (_, bytes, code) => {
    expect(await faultOf(open(new RecordedLog([bytes])))).toMatchObject({ code, retryable: false })
  })

  test("that no longer begins at offset 0", async () => {
    const log = new RecordedLog([encodeGenesis(written)])
    log.bounds = async () => ({ start: 1, head: 5 })

    const fault = await faultOf(open(log))

    expect(fault.code).toBe("LOG_TRUNCATED")
    expect(fault.message).toContain("starts at 1")
  })
})

test("an opening that is stopped ends with SHUTTING_DOWN", async () => {
  const server = logServer()
  const log = server.connect("a")
  const abort = new AbortController()
  log.bounds = async () => ({ start: 0, head: 1 })
  const opening = faultOf(openGenesis(log, { realm: 3, newId: () => "x", signal: abort.signal }))

  abort.abort()

  expect((await opening).code).toBe("SHUTTING_DOWN")
})

function open(log: Log, options: { newId?: () => string; lagMax?: number } = {}) {
  const { signal } = new AbortController()
  return openGenesis(log, { realm: 3, newId: () => "new", signal, ...options })
}

function logServer(): FakeLogServer {
  return new FakeLogServer({ clock: new FakeClock(), random: seeded(1) })
}
