import { expect, it } from "vitest"
import { Recent } from "../../../src/cli/watch/recent.js"

it("counts the purchases and the gold of the last 10 s", () => {
  const recent = new Recent()
  recent.add(10, 1_000_000)
  recent.add(25, 1_000_500)
  recent.add(60, 1_009_999)

  expect(recent.of(1_009_999)).toEqual({ purchases: 3, gold: 95 })
  expect(recent.of(1_010_000)).toEqual({ purchases: 1, gold: 60 })
  expect(recent.of(1_019_000)).toEqual({ purchases: 0, gold: 0 })
})
