import { describe, expect, test } from "vitest"
import { dueAt, isFull } from "../../src/lander/roll.js"

const state = { landWithinMs: 60_000, since: 100_000, lastAt: 100_000, landedAt: 0, atHead: true }

// Shows R38.
describe("a batch is due", () => {
  test("at the latest well within the bound, though the log holds more", () => {
    expect(dueAt({ ...state, atHead: false })).toBe(145_000)
  })

  test("soon after the log became idle, when nothing has landed for as long as the bound", () => {
    expect(dueAt(state)).toBe(102_000)
  })

  test("no more often than the bound, when calm: one commit a minute", () => {
    expect(dueAt({ ...state, landedAt: 70_000 })).toBe(130_000)
  })

  test("never later than well within the bound", () => {
    expect(dueAt({ ...state, lastAt: 144_000, landedAt: 99_000 })).toBe(145_000)
  })
})

test.each([
  [{ rows: 199_999, bytes: 1 }, false],
  [{ rows: 200_000, bytes: 1 }, true],
  [{ rows: 1, bytes: 64 * 1024 * 1024 }, true],
])("a batch of %j is full: %s", (batch, full) => {
  expect(isFull(batch)).toBe(full)
})
