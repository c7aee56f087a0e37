import { describe, expect, test } from "vitest"
import { checkAgainstLog } from "../../src/log/checkpoint.js"
import { recordHash } from "../../src/log/codec.js"
import type { Checkpoint } from "../../src/ports/viewStore.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { faultOf } from "../support/fault.js"
import { genesisOf, RecordedLog } from "./support/recordedLog.js"

const records = ["genesis", "one", "two"].map(text => Buffer.from(text))
const log = new RecordedLog(records, { at: offset => 1000 + offset })

describe("a checkpoint checked against the log (R10)", () => {
  test.each([1, 2, 3])("passes after record %i - 1, whatever that is", async offset => {
    await expect(check(checkpointAt(offset))).resolves.toBeUndefined()
  })

  test("passes at offset 0, with nothing before it", async () => {
    await expect(check({ ...checkpointAt(1), offset: 0, hash: "", at: 0 })).resolves.toBeUndefined()
  })

  test("does not pass when the check was stopped before the comparison", async () => {
    const server = new FakeLogServer({ clock: new FakeClock(), random: seeded(1) })
    server.store(records)

    const checked = checkAgainstLog(
      checkpointAt(2),
      server.connect("reader"),
      genesisOf(10),
      AbortSignal.abort(),
    )

    await expect(checked).rejects.toMatchObject({ code: "SHUTTING_DOWN" })
  })

  test.each<[string, Checkpoint, RegExp]>([
    ["of another log", { ...checkpointAt(2), logId: "log-2" }, /made from log log-2.*log is log-1/],
    ["beyond the head", { ...checkpointAt(2), offset: 4 }, /offset 4, are beyond the log's head 3/],
    ["after a record of other bytes", { ...checkpointAt(2), hash: "00000000" }, /at offset 1.*00000000/],
    ["after a record of another time", { ...checkpointAt(2), at: 999 }, /of 999, found .* of 1001/],
  ])("%s is LOG_TRUNCATED, and says where", async (_, checkpoint, message) => {
    const fault = await faultOf(check(checkpoint))

    expect(fault.code).toBe("LOG_TRUNCATED")
    expect(fault.message).toMatch(message)
  })
})

describe("a checkpoint behind an offset without a record", () => {
  const hole = new Uint8Array()
  const holes = Array.from({ length: 100 }, () => hole)
  const behindOne = new RecordedLog([...records, hole, Buffer.from("after")], { at: offset => 1000 + offset })
  const behindMany = new RecordedLog([...records, ...holes], { at: offset => 1000 + offset })
  const before = checkpointAt(3)

  test.each([
    ["one hole", behindOne, 4],
    ["many", behindMany, 103],
  ])("rests on the last record before: %s", async (_, holed, offset) => {
    await expect(check({ ...before, offset }, holed)).resolves.toBeUndefined()
  })

  test("passes when an older build made it, of the hole itself and a guessed time", async () => {
    const older = { ...before, offset: 4, hash: recordHash(hole), at: 77 }

    await expect(check(older, behindOne)).resolves.toBeUndefined()
    await expect(check({ ...older, offset: 5 }, behindOne)).rejects.toMatchObject({ code: "LOG_TRUNCATED" })
  })

  test("is LOG_TRUNCATED when the record before is another one", async () => {
    const other = { ...before, offset: 103, hash: "12345678" }

    await expect(check(other, behindMany)).rejects.toMatchObject({ code: "LOG_TRUNCATED" })
  })
})

function check(checkpoint: Checkpoint, held = log): Promise<void> {
  return checkAgainstLog(checkpoint, held, genesisOf(10), new AbortController().signal)
}

function checkpointAt(offset: number): Checkpoint {
  const before = records[offset - 1] ?? new Uint8Array()
  return {
    logId: "log-1",
    realm: 0,
    generation: "1.1",
    folded: [],
    frozen: [],
    offset,
    hash: recordHash(before),
    at: 1000 + offset - 1,
    keyTime: 0,
    keyRetention: 1000,
    firstBucket: 0,
    lastBucket: 0,
  }
}
