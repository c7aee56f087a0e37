import { describe, expect, test } from "vitest"
import type { Checkpoint } from "../../src/ports/viewStore.js"
import { CheckpointReader, checkpointText, foldVersionOf } from "../../src/projections/checkpointText.js"
import { checkpoint } from "../contract/viewStore.js"

describe("a checkpoint's text", () => {
  const parse = (text: string, foldVersion = 1) => new CheckpointReader(0).parse(text, foldVersion, "place")

  test("gives the checkpoint back", () => {
    expect(parse(checkpointText(checkpoint(5)))).toEqual(checkpoint(5))
  })

  test("that was parsed just before gives the same object", () => {
    const reader = new CheckpointReader(0)
    const read = (offset: number) => reader.parse(checkpointText(checkpoint(offset)), 1, "place")

    const first = read(5)

    expect(read(5)).toBe(first)
    expect(read(6)).toEqual(checkpoint(6))
  })

  test("that was valid for one fold version is invalid for another", () => {
    const reader = new CheckpointReader(0)
    const text = checkpointText(checkpoint(5))
    reader.parse(text, 1, "place")

    expect(() => reader.parse(text, 2, "place")).toThrow("of a generation of fold version 2")
  })

  const wrong: Record<string, object> = {
    "with a text logId": { logId: 1 },
    "of realm 0": { realm: 1 },
    "of a generation of fold version 1": { generation: "2.1" },
    "with an offset from 0": { offset: -1 },
    "with a text hash": { hash: null },
    "with a time": { at: "now" },
    "with a keyTime from 0": { keyTime: 0.5 },
    "with a keyRetention above 0": { keyRetention: 0 },
    "with buckets from 0": { firstBucket: null },
    "with its buckets in order": { firstBucket: 3, lastBucket: 2 },
    "of at most 100 buckets": { firstBucket: 1, lastBucket: 101 },
  }
  test.each(Object.entries(wrong))("not %s is VIEWS_UNAVAILABLE, with its place", (expected, change) => {
    const text = JSON.stringify({ ...checkpoint(5), ...change })

    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "VIEWS_UNAVAILABLE" }))
    expect(() => parse(text)).toThrow(`place: expected a checkpoint ${expected}, found "{`)
  })

  test.each(["", "garbage", "null", "5", '"text"', "[]", "{}"])("that is %j is VIEWS_UNAVAILABLE", text => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "VIEWS_UNAVAILABLE" }))
  })

  test("is shown cut short when it is long", () => {
    const long: Checkpoint = { ...checkpoint(5), logId: "x".repeat(10_000), realm: 1 }

    expect(() => parse(checkpointText(long))).toThrow(/^.{1,500}$/)
  })
})

test("a generation's name begins with its fold version", () => {
  expect(["1.1", "12.3", "0.10"].map(foldVersionOf)).toEqual([1, 12, 0])
  expect(["", "1", "1.", ".1", "a.1", "1.1.1", "1.1 ", "-1.1"].map(foldVersionOf)).toEqual(
    Array(8).fill(Number.NaN),
  )
})
