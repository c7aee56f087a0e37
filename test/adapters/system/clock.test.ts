import { expect, test, vi } from "vitest"
import { systemClock } from "../../../src/adapters/system/clock.js"

test("gives whole milliseconds since 1970, like the wall clock", () => {
  expect(Number.isSafeInteger(systemClock.now())).toBe(true)
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
})

test("does not step back when the wall clock is set back", () => {
  const before = systemClock.now()
  const wallClock = vi.spyOn(Date, "now").mockReturnValue(before - 3_600_000)

  expect(systemClock.now()).toBeGreaterThanOrEqual(before)

  wallClock.mockRestore()
})
