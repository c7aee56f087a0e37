import { describe, expect, test } from "vitest"
import { admission, COMMANDS_MAX } from "../../src/commands/admission.js"
import { hasExpired } from "../../src/commands/requestExpiry.js"
import { Fault } from "../../src/ports/faults.js"
import type { Checkpoint } from "../../src/ports/viewStore.js"
import { Tail } from "../../src/tail/tail.js"
import { FakeClock } from "../fakes/clock.js"
import { genesisOf, RecordedLog, recordsOf } from "../log/support/recordedLog.js"

// Shows R25.
describe("new work", () => {
  test("is accepted up to a bound", async () => {
    const tail = await tailOver(10)

    expect(admission(tail, null, COMMANDS_MAX - 1)).toBeNull()
    expect(admission(tail, null, COMMANDS_MAX)).toMatchObject({ code: "OVERLOADED", retryable: true })
  })

  test("is accepted up to half of lagMax behind the log", async () => {
    const tail = await tailOver(10)

    tail.noteHead(tail.position + 50)
    expect(admission(tail, null, 0)).toBeNull()
    tail.noteHead(tail.position + 51)
    expect(admission(tail, null, 0)?.message).toContain("51 records behind")
  })

  test("is not accepted while the views are in the oldest tenth of a full buffer", async () => {
    const tail = await tailOver(100, 50)
    const { from, end } = tail.buffer
    const oldest = from + Math.floor((end - from) / 10)

    expect(tail.buffer.evicting).toBe(true)
    expect(admission(tail, checkpointAt(oldest - 1), 0)?.code).toBe("OVERLOADED")
    expect(admission(tail, checkpointAt(oldest + 1), 0)).toBeNull()
  })

  test("is accepted however old the views are while the buffer is not full", async () => {
    const tail = await tailOver(100)

    expect(admission(tail, checkpointAt(0), 0)).toBeNull()
  })

  test("is refused with the tail's own fault when the tail cannot go on", async () => {
    const tail = await tailOver(1)
    const fault = new Fault("LOG_TRUNCATED", "x")

    tail.fail(fault)

    expect(admission(tail, null, 0)).toBe(fault)
  })
})

test("a command expires once key time has moved past its arrival by more than half of the retention", () => {
  expect(hasExpired(1000, 1500, 1000)).toBe(false)
  expect(hasExpired(1000, 1501, 1000)).toBe(true)
})

/** A tail that has read some records, and the number that its buffer keeps, roughly. */
async function tailOver(records: number, kept = 1_000_000): Promise<Tail> {
  const garbage = Array.from({ length: records }, () => Buffer.from("garbage"))
  const log = new RecordedLog(recordsOf(100, garbage), { waits: true })
  const tail = new Tail({ log, genesis: genesisOf(100), from: 0, bufferBytesMax: kept * 1000 })
  tail.start()
  await new FakeClock().run(0)
  return tail
}

function checkpointAt(offset: number): Checkpoint {
  const keys = { keyTime: 0, keyRetention: 1000, firstBucket: 0, lastBucket: 0, folded: [], frozen: [] }
  return { logId: "log-1", realm: 0, generation: "1.1", offset, hash: "", at: 0, ...keys }
}
