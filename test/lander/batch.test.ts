import { describe, expect, test } from "vitest"
import { recordHash } from "../../src/log/codec.js"
import { Chain, TEST_LAG_MAX } from "../log/support/judging.js"
import { recordsOf } from "../log/support/recordedLog.js"
import { granted, registered } from "../support/events.js"
import { batchOf } from "./support/batches.js"

const alice = "player/alice"
const HOUR = 3_600_000

describe("a batch", () => {
  test("holds the rows of its records, and where it begins and ends", async () => {
    const chain = new Chain().add([alice], [registered("alice"), granted("alice", 5)]).addGarbage()

    const batch = await batchOf(chain)

    expect(batch).toMatchObject({ start: 0, end: 3, records: 3, rows: 2 })
  })

  test("keeps hash and time of its last record, whatever that was", async () => {
    const chain = new Chain().add([alice], [registered("alice")]).addGarbage()

    const batch = await batchOf(chain, { at: offset => 1000 + offset })

    expect(batch.last).toEqual({ hash: recordHash(Buffer.from("garbage")), at: 1002 })
  })

  test("counts the bytes of its records in the log", async () => {
    const chain = new Chain().add([alice], [registered("alice")]).addGarbage()
    const records = recordsOf(TEST_LAG_MAX, chain.records)

    const batch = await batchOf(chain)

    expect(batch.bytes).toBe(records.reduce((sum, { length }) => sum + length, 0))
  })

  test("has its rows by the day of their append time, also when the log's clock steps back", async () => {
    const chain = new Chain().add([alice], [registered("alice")])
    for (let i = 0; i < 3; i++) chain.add([alice], [granted("alice", 5)])
    const midnight = Date.UTC(2024, 0, 2)
    const times = [0, midnight - 1, midnight, midnight - HOUR, midnight + HOUR]

    const { days } = await batchOf(chain, { at: offset => times[offset] ?? 0 })

    const offsets = [...days].map(async ([day, ofTypes]) => {
      const blocks = await Promise.all(ofTypes.map(rows => rows.block()))
      return [day, blocks.flatMap(block => block.values.get("log_offset"))]
    })
    expect(await Promise.all(offsets)).toEqual([
      ["2024-01-01", [1, 3]],
      ["2024-01-02", [2, 4]],
    ])
  })

  test("of records without events has an end and no day", async () => {
    const batch = await batchOf(new Chain().addGarbage().addGarbage())

    expect(batch).toMatchObject({ records: 3, rows: 0 })
    expect(batch.days.size).toBe(0)
  })
})
