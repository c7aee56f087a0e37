import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Cursor } from "../../../src/adapters/kafka/cursor.js"
import type { LogRecord } from "../../../src/ports/log.js"

const record = (offset: number, text = `record ${offset}`, at = 1_000 + offset): LogRecord => ({
  offset,
  at,
  bytes: Buffer.from(text),
})

/** A cursor that has delivered offsets 0 up to `next`, from consumer 1. */
function cursorAt(next: number): Cursor {
  const cursor = new Cursor(0)
  for (let offset = 0; offset < next; offset++) cursor.see(record(offset), 1)
  return cursor
}

describe("a cursor that knows its place", () => {
  test("delivers exactly the next record, and counts on", () => {
    const cursor = new Cursor(5)

    expect(cursor.see(record(5), 1)).toEqual({ kind: "deliver" })
    expect(cursor.see(record(6), 1)).toEqual({ kind: "deliver" })
    expect(cursor.next).toBe(7)
  })

  test("skips what it has delivered", () => {
    const cursor = cursorAt(3)

    expect(cursor.see(record(1), 1)).toEqual({ kind: "skip" })
    expect(cursor.next).toBe(3)
  })

  test("learns nothing new from a fetch that ends at its place", () => {
    expect(cursorAt(3).seeNothingBelow(3, 1)).toEqual({ kind: "skip" })
  })
})

describe("a cursor that sees records again, as after a silent reset to the log's beginning,", () => {
  test("continues when they are those it knows", () => {
    const cursor = cursorAt(3)

    const sights = [0, 1, 2, 3].map(offset => cursor.see(record(offset), 1).kind)

    expect(sights).toEqual(["skip", "skip", "skip", "deliver"])
  })

  test("does not continue in another log", () => {
    const cursor = cursorAt(3)

    const sights = [0, 1, 2].map(offset => cursor.see(record(offset, "another"), 1).kind)

    expect(sights).toEqual(["skip", "skip", "truncated"])
  })
})

describe("a cursor that was restarted", () => {
  test("goes back to the last record delivered, and on from there", () => {
    const cursor = cursorAt(3)

    expect(cursor.restart()).toBe(2)
    expect(cursor.see(record(2), 1)).toEqual({ kind: "skip" })
    expect(cursor.see(record(3), 1)).toEqual({ kind: "deliver" })
  })

  test("continues from where it began, before its first record", () => {
    const cursor = new Cursor(7)

    expect(cursor.restart()).toBe(7)
    expect(cursor.see(record(7), 1)).toEqual({ kind: "deliver" })
  })

  test.each([
    ["other bytes", record(2, "another")],
    ["another time", record(2, "record 2", 9_999)],
  ])("a known record with %s is another log", (_, changed) => {
    const cursor = cursorAt(3)
    cursor.restart()

    expect(cursor.see(changed, 1)).toMatchObject({ kind: "truncated" })
  })

  test("accepts nothing before it has seen the known record", () => {
    const cursor = cursorAt(3)
    cursor.restart()

    expect(cursor.see(record(0), 1)).toEqual({ kind: "skip" })
    expect(cursor.see(record(3), 1)).toEqual({ kind: "look again" })
    expect(cursor.next).toBe(3)
  })

  test("treats a known record that two consumers do not find as gone", () => {
    const cursor = cursorAt(3)
    cursor.restart()
    expect(cursor.see(record(8), 1)).toEqual({ kind: "look again" })
    cursor.restart()
    expect(cursor.see(record(8), 1)).toEqual({ kind: "ask another" })
    cursor.restart()

    expect(cursor.see(record(8), 2)).toMatchObject({ kind: "truncated" })
  })

  test("accepts a known record that is found at the second look", () => {
    const cursor = cursorAt(3)
    cursor.restart()
    cursor.see(record(8), 1)
    cursor.restart()
    cursor.see(record(2), 1)
    cursor.restart()

    expect(cursor.see(record(8), 2)).toEqual({ kind: "look again" })
  })
})

describe("a jump", () => {
  /** Does what a reader does: goes back, and the consumer delivers the known record again. */
  const again = (cursor: Cursor, consumer: number) => {
    const offset = cursor.restart()
    if (cursor.known !== null) cursor.see(record(offset), consumer)
  }

  test.each([0, 3])("at offset %d is believed when a second consumer sees it too", place => {
    const cursor = cursorAt(place)

    expect(cursor.see(record(place + 2), 1)).toEqual({ kind: "look again" })
    again(cursor, 1)
    expect(cursor.see(record(place + 2), 1)).toEqual({ kind: "ask another" })
    again(cursor, 2)
    expect(cursor.see(record(place + 2), 2)).toEqual({ kind: "hole", to: place + 2 })

    cursor.pass(place + 2)
    expect(cursor.see(record(place + 2), 2)).toEqual({ kind: "deliver" })
  })

  test("that the second look does not confirm was the consumer's fault", () => {
    const cursor = cursorAt(3)
    cursor.see(record(5), 1)
    again(cursor, 1)

    expect(cursor.see(record(3), 1)).toEqual({ kind: "deliver" })
    expect(cursor.see(record(5), 1)).toEqual({ kind: "look again" })
  })

  test("of two sizes is believed as far as both saw nothing", () => {
    const cursor = cursorAt(3)
    cursor.see(record(9), 1)
    again(cursor, 2)

    expect(cursor.see(record(6), 2)).toEqual({ kind: "hole", to: 6 })
  })

  test("may be at the end of the log: nothing below, and no record yet", () => {
    const cursor = cursorAt(3)
    expect(cursor.seeNothingBelow(4, 1)).toEqual({ kind: "look again" })
    again(cursor, 2)

    expect(cursor.seeNothingBelow(4, 2)).toEqual({ kind: "hole", to: 4 })
  })

  test("after a hole the known record is still the last that was one", () => {
    const cursor = cursorAt(3)
    cursor.pass(5)

    expect(cursor.restart()).toBe(2)
    expect(cursor.see(record(2), 1)).toEqual({ kind: "skip" })
    expect(cursor.see(record(5), 1)).toEqual({ kind: "deliver" })
  })
})

describe("bounds", () => {
  test.each([
    ["begin beyond the next offset", { start: 6, head: 9 }, "expected offset 5, the log begins at 6"],
    ["end before the next offset", { start: 0, head: 4 }, "expected offset 5, the log ends at 4"],
  ])("that %s contradict it", (_, bounds, reason) => {
    expect(cursorAt(5).contradiction(bounds, 5)).toBe(reason)
  })

  test("around the next offset are fine, even when it has moved on since", () => {
    const cursor = cursorAt(5)

    expect(cursor.contradiction({ start: 5, head: 5 }, 5)).toBeNull()
    cursor.see(record(5), 1)
    expect(cursor.contradiction({ start: 5, head: 5 }, 5)).toBeNull()
  })
})

test("whatever a consumer delivers in whatever order, each record comes out once and in order", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("bring" as const), from: fc.nat(29), count: fc.integer({ min: 1, max: 8 }) }),
    fc.constant({ do: "restart" as const }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const cursor = new Cursor(0)
      const delivered: number[] = []
      for (const each of steps) {
        if (each.do === "restart") cursor.restart()
        else {
          for (let offset = each.from; offset < Math.min(30, each.from + each.count); offset++) {
            if (cursor.see(record(offset), 1).kind === "deliver") delivered.push(offset)
          }
        }
      }
      expect(delivered).toEqual(delivered.map((_, index) => index))
      expect(cursor.next).toBe(delivered.length)
    }),
  )
})
