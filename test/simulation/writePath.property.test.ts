import fc from "fast-check"
import { expect, test } from "vitest"
import { check } from "./check.js"
import { plans } from "./plan.js"
import { SIMULATION_TIMEOUT_MS, simulation } from "./runs.js"
import { simulate } from "./world.js"

test(
  "whatever goes wrong, nothing is lost, doubled, stale or wrongly refused, and everything heals",
  async () => {
    await fc.assert(
      fc.asyncProperty(plans, async plan => {
        expect(check(await simulate(plan))).toEqual([])
      }),
      simulation(100),
    )
  },
  SIMULATION_TIMEOUT_MS,
)

test("the same plan gives the same history", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async plan => {
      const [one, other] = [await simulate(plan), await simulate(plan)]

      expect(other.records).toEqual(one.records)
      expect(other.attempts).toEqual(one.attempts)
    }),
    simulation(5),
  )
})
