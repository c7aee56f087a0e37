import fc from "fast-check"
import { expect, test } from "vitest"
import { commandTypes } from "../../src/domain/commands.js"
import { check } from "./check.js"
import { plans } from "./plan.js"
import { SIMULATION_TIMEOUT_MS, simulation } from "./runs.js"
import { RunTotals } from "./runTotals.js"
import { simulate } from "./world.js"

/** Every fault that clients may get here. */
const FAULTS = [
  "CONFLICT",
  "IDEMPOTENCY_KEY_REUSED",
  "LOG_UNAVAILABLE",
  "NEEDS_NEWER_BUILD",
  "OUTCOME_UNKNOWN",
  "OVERLOADED",
  "REQUEST_EXPIRED",
  "SHUTTING_DOWN",
  "VIEWS_BEHIND",
  "VIEWS_UNAVAILABLE",
]

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

/** Over some plans of a fixed seed, so that it is deterministic. */
test("the runs reach everything that they are meant to test", async ({ annotate }) => {
  const tally = new RunTotals()
  for (const plan of fc.sample(plans, { numRuns: 60, seed: 1 })) tally.add(await simulate(plan))
  await annotate(tally.toString())

  const answers = ["done", "replayed", "refused", "none, the process was killed", ...FAULTS].map(
    one => `answer: ${one}`,
  )
  const commits = ["effective", "superseded", "expired", "no commit"].map(one => `commit: ${one}`)
  const others = ["views: lost or rolled back", "keys: forgotten", "queries"]
  const done = Object.keys(commandTypes).map(name => `done: ${name}`)
  const missing = [...answers, ...commits, ...others, ...done].filter(
    what => (tally.counts.get(what) ?? 0) === 0,
  )
  expect(missing).toEqual([])
})
