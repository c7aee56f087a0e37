import { expect, test } from "vitest"
import { RoundTrip, rivalPause } from "../../src/commands/pause.js"

test("a pause lasts a random 0 to 2 round trips", () => {
  expect(rivalPause(3, () => 0)).toBe(0)
  expect(rivalPause(3, () => 0.5)).toBe(3)
  expect(rivalPause(3, () => 0.999)).toBeCloseTo(6, 1)
})

test("the round trip follows what was measured, smoothed", () => {
  const roundTrip = new RoundTrip()

  for (let i = 0; i < 100; i++) roundTrip.took(2)

  expect(roundTrip.ms).toBeCloseTo(2, 1)
})

test("a process that stood still for a minute does not pause for seconds afterwards", () => {
  const roundTrip = new RoundTrip()

  roundTrip.took(60_000)

  expect(rivalPause(roundTrip.ms, () => 0.999)).toBeLessThan(500)
})
