import fc from "fast-check"
import { expect, test } from "vitest"
import { versionsOf } from "../lander/support/deltaLog.js"
import { check } from "./landers/check.js"
import { plans } from "./landers/plan.js"
import { NEWER_COLUMN } from "./landers/process.js"
import { simulate } from "./landers/world.js"
import { Model } from "./model.js"
import { SIMULATION_TIMEOUT_MS, simulation } from "./runs.js"

test(
  "whatever goes wrong, each event lands once, every version of the table can be read, and everything heals",
  async () => {
    await fc.assert(
      fc.asyncProperty(plans, async plan => {
        expect(await check(await simulate(plan))).toEqual([])
      }),
      simulation(100),
    )
  },
  SIMULATION_TIMEOUT_MS,
)

test("the same plan gives the same lake", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async plan => {
      const [one, other] = [await simulate(plan), await simulate(plan)]

      expect(other.records).toEqual(one.records)
      expect(other.changes).toEqual(one.changes)
      expect(other.tally).toEqual(one.tally)
    }),
    simulation(5),
  )
})

/** Over some plans of a fixed seed, so that it is deterministic. */
test("the runs reach everything that they are meant to test", async ({ annotate }) => {
  const tally = new Map<string, number>()
  const count = (what: string, times = 1) => tally.set(what, (tally.get(what) ?? 0) + times)
  for (const plan of fc.sample(plans, { numRuns: 60, seed: 1 })) {
    const { tally: counts, records, genesis, folders } = await simulate(plan)
    for (const [what, times] of counts) count(what, times)
    for (const { verdict } of new Model(records, genesis).records) count(`commit: ${verdict}`)
    const versions = versionsOf(folders)
    const days = new Set([...(versions.at(-1)?.files.values() ?? [])].map(add => add.partitionValues.dt))
    const files = folders.paths.filter(path => path.startsWith("events/dt="))
    count("versions", versions.length)
    count("files left behind", files.length - new Set(versions.flatMap(each => [...each.files.keys()])).size)
    count("with checkpoints", folders.paths.some(path => path.includes("checkpoint.parquet")) ? 1 : 0)
    count("with several days", days.size > 1 ? 1 : 0)
    count("with another schema", versions.at(-1)?.columns.includes(NEWER_COLUMN.name) ? 1 : 0)
  }
  await annotate([...tally].map(([what, times]) => `${what} ${times}`).join(", "))

  const commits = ["effective", "superseded", "expired", "premature", "no commit"].map(
    one => `commit: ${one}`,
  )
  const stumbles = ["pause", "kill", "append", "optimize"]
  const nemesis = ["cut lake", "pause lake", "fill lake", "log down", "cut log"]
  const turns = ["born", "standby", "active", "stopped", "lost a version", "files left behind"]
  const tables = ["versions", "with checkpoints", "with several days", "with another schema"]
  const missing = [...commits, ...stumbles, ...nemesis, ...turns, ...tables].filter(what => !tally.get(what))
  expect(missing).toEqual([])
})
