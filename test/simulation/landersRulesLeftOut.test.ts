import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import type { LandingOutcome } from "../../src/lander/outcome.js"
import type { Lake } from "../../src/ports/lake.js"
import { check, type Rule, type Violation } from "./landers/check.js"
import { type Plan, plans } from "./landers/plan.js"
import { simulate } from "./landers/world.js"
import { replaceModule, restoreModules } from "./replacedModules.js"

/**
 * Why each rule of landing is there: the same simulation with one rule left out, by a module replaced here or by a fake
 * that breaks its contract. The checker must find what the rule prevents; with the rule back, the same plan must be right.
 */

/** How many plans are tried. The seed is fixed, so these tests are deterministic. */
const PLANS_MAX = 300
const SEED = 7

beforeEach(() => {
  vi.resetModules()
})

afterEach(restoreModules)

/** A lander that crashes breaks every promise. */
async function violations(plan: Plan, simulation: typeof simulate): Promise<readonly Violation[]> {
  try {
    return await check(await simulation(plan))
  } catch (error) {
    return [{ rule: "unreadable", message: String(error) }]
  }
}

/** The first of the tried plans, in a freshly loaded world, that breaks a promise which the rule keeps. */
async function search(rule: Rule): Promise<Plan | null> {
  const world = await import("./landers/world.js")
  for (const plan of fc.sample(plans, { numRuns: PLANS_MAX, seed: SEED })) {
    const found = await violations(plan, world.simulate)
    if (found.some(violation => violation.rule === rule)) return plan
  }
  return null
}

async function expectBroken(rule: Rule): Promise<void> {
  const plan = await search(rule)
  expect(plan, `none of ${PLANS_MAX} plans broke: ${rule}`).not.toBeNull()
  if (plan !== null) expect(await violations(plan, simulate), "with the rule back").toEqual([])
}

type OutcomeModule = typeof import("../../src/lander/outcome.js")

/** Changes how a lander interprets the commits that it has read. */
function replaceOutcome(change: (real: OutcomeModule["outcomeOf"]) => OutcomeModule["outcomeOf"]): void {
  replaceModule<OutcomeModule>("../../src/lander/outcome.js", ({ outcomeOf }) => ({
    outcomeOf: change(outcomeOf),
  }))
}

describe("without", () => {
  test("the look at the transaction after a lost version, events land twice", async () => {
    replaceOutcome(real => (attempt, landed, commits) => {
      const outcome = real(attempt, landed, commits)
      return outcome === "landed" ? outcome : null
    })
    await expectBroken("rows are not the events")
  })

  test("the start of a batch compared, whoever landed a part of it is not seen, and events land twice", async () => {
    replaceOutcome(real => (attempt, landed, commits) => {
      return landed < attempt.end ? null : real(attempt, landed, commits)
    })
    await expectBroken("rows are not the events")
  })

  test("the uuid, a landing whose reply was lost is taken for somebody else's", async () => {
    replaceOutcome(real => (attempt, landed, commits) => real({ ...attempt, uuid: "" }, landed, commits))
    await expectBroken("stood by for nothing")
  })

  test("leaving files alone once publishing was tried, files of the table are gone", async () => {
    type LandingModule = typeof import("../../src/lander/landing.js")
    replaceModule<LandingModule>("../../src/lander/landing.js", ({ Landing }) => ({
      Landing: class {
        readonly #lake: Lake
        readonly #landing: InstanceType<typeof Landing>
        #written: string[] = []
        constructor(options: ConstructorParameters<typeof Landing>[0]) {
          const { lake } = options
          const write: Lake["write"] = (path, bytes) => {
            this.#written.push(path)
            return lake.write(path, bytes)
          }
          const keeping = Object.assign(Object.create(lake) as Lake, { write })
          this.#lake = lake
          this.#landing = new Landing({ ...options, lake: keeping })
        }
        async land(batch: Parameters<InstanceType<typeof Landing>["land"]>[0]): Promise<LandingOutcome> {
          this.#written = []
          try {
            return await this.#landing.land(batch)
          } catch (error) {
            // It failed, or so it seems.
            for (const path of this.#written) await this.#lake.delete(path).catch(() => {})
            throw error
          }
        }
      },
    }))
    await expectBroken("unreadable")
  })

  // Shows R35.
  test("put-if-absent, a commit is written over another", async () => {
    replaceModule<typeof import("../fakes/lake.js")>("../fakes/lake.js", real => ({
      FakeLakeServer: class extends real.FakeLakeServer {
        override connect(...input: Parameters<InstanceType<typeof real.FakeLakeServer>["connect"]>) {
          const lake = super.connect(...input)
          const putIfAbsent: Lake["putIfAbsent"] = async (path, bytes) => {
            await lake.replace(path, bytes)
            return true
          }
          return Object.assign(lake, { putIfAbsent })
        }
      },
    }))
    await expectBroken("rewritten")
  })

  test("R37, a new field has no column", async () => {
    type SchemaModule = typeof import("../../src/lake/schemaActions.js")
    replaceModule<SchemaModule>("../../src/lake/schemaActions.js", ({ schemaActions }) => ({
      schemaActions: (...[snapshot, ...rest]: Parameters<typeof schemaActions>) => {
        return snapshot.metaData === null ? schemaActions(snapshot, ...rest) : []
      },
    }))
    await expectBroken("column missing")
  })

  test("R37, computing the schema again, a column that others added is dropped", async () => {
    type SchemaModule = typeof import("../../src/lake/schemaActions.js")
    replaceModule<SchemaModule>("../../src/lake/schemaActions.js", ({ schemaActions }) => ({
      schemaActions: (...[snapshot, ...rest]: Parameters<typeof schemaActions>) => {
        const { metaData } = snapshot
        const actions = schemaActions(snapshot, ...rest)
        if (metaData === null) return actions
        return schemaActions(Object.assign(Object.create(snapshot), { metaData: null }), ...rest).slice(1)
      },
    }))
    await expectBroken("column missing")
  })

  test("R6, the judge's warm-up, void commits land", async () => {
    replaceModule<typeof import("../../src/log/judged.js")>("../../src/log/judged.js", ({ readJudged }) => ({
      async *readJudged(...[log, genesis, from, signal]: Parameters<typeof readJudged>) {
        const cold = { ...log, read: (_: number, until: AbortSignal) => log.read(from, until) }
        yield* readJudged(cold, genesis, from, signal)
      },
    }))
    await expectBroken("rows are not the events")
  })
})
