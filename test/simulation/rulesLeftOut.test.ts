import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import type { PendingCommand } from "../../src/commands/pendingCommand.js"
import { RULES, type Rules } from "../../src/commands/rules.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { check, type Rule, type Violation } from "./check.js"
import type { History } from "./history.js"
import { type NemesisOp, type Plan, plans } from "./plan.js"
import { replaceModule, restoreModules } from "./replacedModules.js"
import { Scenario, word } from "./scenario.js"
import type { SystemOptions } from "./system.js"
import { simulate } from "./world.js"

/**
 * Why each rule is there: the same simulation with one rule left out. A rule of the write path is handed to `Commands`;
 * one that several readers of the log share is replaced in its module; the fakes break the contracts of the ports. The
 * checker must find what the rule prevents; with the rule back, the same plan must be right.
 */

/** How many plans are tried. The seed is fixed, so these tests are deterministic. */
const PLANS_MAX = 150
const SEED = 7

beforeEach(() => {
  vi.resetModules()
})

afterEach(restoreModules)

/** Replaces some exports of a module of `src` in the worlds loaded after this. */
function replace<M extends object>(path: string, make: (real: M) => object): void {
  replaceModule(`../../src/${path}.js`, make)
}

function replaceFake<M extends object>(name: string, make: (real: M) => object): void {
  replaceModule(`../fakes/${name}.js`, make)
}

interface Search extends SystemOptions {
  /** Changes plans so that the rule matters more often. */
  readonly stress?: (plan: Plan) => Plan
  readonly expiry?: boolean
}

/** Runs plans in a freshly loaded world until one breaks a promise that the rule keeps. */
async function search(rules: readonly Rule[], { stress = plan => plan, expiry = true, ...options }: Search) {
  const world = await import("./world.js")
  for (const [i, drawn] of fc.sample(plans, { numRuns: PLANS_MAX, seed: SEED }).entries()) {
    const plan = stress(drawn)
    const found = await violations(plan, world.simulate, { expiry, ...options })
    if (found.some(({ rule }) => rules.includes(rule))) return { plan, runs: i + 1 }
  }
  return { plan: null, runs: PLANS_MAX }
}

/** A process that crashes breaks every promise. */
async function violations(
  plan: Plan,
  simulation: typeof simulate,
  { expiry, ...options }: Search,
): Promise<readonly Violation[]> {
  try {
    return check(await simulation(plan, options), { expiry: expiry ?? true })
  } catch (error) {
    return [{ rule: "fold", message: String(error) }]
  }
}

async function expectBroken(rules: readonly Rule[], options: Search = {}): Promise<void> {
  const { plan } = await search(rules, options)
  expect(plan, `none of ${PLANS_MAX} plans broke ${rules.join(" or ")}`).not.toBeNull()
  if (plan !== null) expect(await violations(plan, simulate, {}), "with the rule back").toEqual([])
}

/** The same fault again and again, one process after another. */
function often(kind: NemesisOp["kind"], everyMs: number, forMs: number) {
  return (plan: Plan): Plan => {
    const times = Math.floor(plan.durationMs / everyMs)
    const nemesis = Array.from({ length: times }, (_, who) => ({ kind, who, at: who * everyMs, forMs }))
    return { ...plan, nemesis: [...plan.nemesis, ...nemesis] }
  }
}

type Play = (scenarios: typeof import("./scenario.js"), options: SystemOptions) => Promise<History>

/** The same, for a coincidence so rare that a scenario has to bring it about. */
async function expectBrokenIn(
  play: Play,
  rules: readonly Rule[],
  options: SystemOptions = {},
): Promise<void> {
  const broken = check(await play(await import("./scenario.js"), options)).map(({ rule }) => rule)
  expect(broken).toEqual(expect.arrayContaining([...rules]))
  const kept = check(await play({ Scenario, word }, {})).map(({ rule }) => rule)
  expect(kept.filter(rule => rules.includes(rule))).toEqual([])
}

/** A process sleeps with a command, until what a retry did elsewhere is forgotten: by the views and by its buffer. */
async function asleep(...[{ Scenario: Loaded }, options]: Parameters<Play>): Promise<History> {
  const settings = { apis: 2, keyRetention: 4000, bufferRecords: 20, deadlineMs: 3000 }
  const scenario = await Loaded.begin(settings, options)
  await scenario.answered(scenario.register("alice"))
  await scenario.answered(scenario.register("bob"))
  const slept = scenario.grant("alice", 0, "the key")
  await scenario.pass(1)
  const wake = scenario.system.api(0).suspend()
  await scenario.answered(scenario.grant("alice", 1, "the key"))
  await scenario.write(80, "bob", 1, 100)
  wake()
  await scenario.answered(slept)
  return scenario.end()
}

/**
 * The log loses records that the views have, as by an unclean election, and gets others. Projector and one process are
 * restarted; the other one has read none of the lost records, and meets views that were not made from its log.
 */
async function anotherPast({ Scenario: Loaded }: Parameters<Play>[0]): Promise<History> {
  const scenario = await Loaded.begin({ apis: 2 })
  const { system } = scenario
  const { log } = system.shared
  await scenario.answered(scenario.register("alice"))
  await scenario.answered(scenario.register("bob"))
  await scenario.pass(200)
  const kept = log.records.length
  system.api(1).reading.pause()
  await scenario.answered(scenario.buy("alice", "flamberge", 0))
  await scenario.answered(scenario.buy("bob", "flamberge", 0))
  await scenario.pass(200)
  log.loseFrom(kept)
  log.store(Array.from({ length: 5 }, () => Buffer.from("something else")))
  for (const process of [system.api(0), system.projecting(0)]) process.kill()
  system.startApi(0)
  system.startProjecting(0)
  system.api(1).reading.resume()
  await scenario.pass(1000)
  // One too expensive if the lost purchases had happened, one not.
  await scenario.answered(
    Promise.all([scenario.buy("alice", "claymore", 0), scenario.buy("bob", "katana", 1)]),
  )
  return scenario.end()
}

describe("without", () => {
  test("R19, the atomic answer of the view store, decisions are stale", async () => {
    await expectBroken(["stale decision", "fork", "fold"], { tornReads: true })
  })

  test("R20, the wait for the tail, an answer ahead of it is taken as current", async () => {
    replace<typeof import("../../src/projections/coverage.js")>("projections/coverage", real => {
      const covered: typeof real.covered = (offset, tail) => {
        return offset > tail.position ? null : real.covered(offset, tail)
      }
      return {
        waitsForTail: () => false,
        covered,
        unusable: (...[{ offset }, tail]: Parameters<typeof real.unusable>) => covered(offset, tail),
      }
    })
    await expectBroken(["stale decision", "fork", "fold"], { stress: often("hold tail", 150, 140) })
  })

  test("R21, the check of the key at every decide, a command is doubled", async () => {
    const first = new WeakMap<PendingCommand, ReturnType<Rules["findKnown"]>>()
    const findKnown: Rules["findKnown"] = (pending, buffer) => {
      if (first.has(pending)) return first.get(pending) ?? null
      const found = RULES.findKnown(pending, buffer)
      if (found !== "unsure") first.set(pending, found)
      return found
    }
    await expectBroken(["doubled command"], { rules: { findKnown } })
  })

  test("R21, the look-up of the key where the aggregates are warm, a command is doubled", async () => {
    await expectBroken(["doubled command"], { rules: { needsLookup: () => false } })
  })

  test("R22, key time, a clock that jumps forgets keys, and a command is doubled", async () => {
    replace("log/keyTime", () => ({ keyStep: (before: number, at: number) => at - before }))
    await expectBroken(["doubled command"])
  })

  test("R22, the cap on a step of key time, a clock that jumps ahead does the same", async () => {
    replace("log/keyTime", () => ({ keyStep: (before: number, at: number) => Math.max(0, at - before) }))
    await expectBroken(["doubled command"])
  })

  test("R22, the limit after arrival, a process that slept repeats what a retry did", async () => {
    await expectBrokenIn(asleep, ["doubled command"], { rules: { hasExpired: () => false } })
  })

  test("R10, the hash in the checkpoint, a process continues from a past that is not the log's", async () => {
    replace("log/checkpoint", () => ({ differentRecord: () => null, checkAgainstLog: async () => {} }))
    await expectBrokenIn(anotherPast, ["wrong refusal", "fork"])
  })

  test("R30, the swap of the checkpoint, a projector that slept overwrites what others have written", async () => {
    replaceFake<typeof import("../fakes/viewData.js")>("viewData", ({ ViewData }) => ({
      ViewData: class extends ViewData {
        override swap(...[, to, writes]: Parameters<InstanceType<typeof ViewData>["swap"]>) {
          return super.swap(this.checkpoint(FOLD_VERSION), to, writes)
        }
      },
    }))
    await expectBroken(["checkpoint went back", "views differ"])
  })

  test("R23, the barrier, a stale process refuses wrongly", async () => {
    await expectBroken(["wrong refusal"], { rules: { hasReached: () => true } })
  })

  test("R7, one basis in flight, decisions are stale", async () => {
    const rules: Partial<Rules> = {
      isFree: ({ paused }) => !paused,
      basisOf: queue => queue.commitInFlight ?? RULES.basisOf(queue),
    }
    await expectBroken(["stale decision", "fork"], { rules })
  })

  test("R3, links of superseded commits, aggregates fork or are stuck", async () => {
    replace<typeof import("../../src/projections/document.js")>(
      "projections/document",
      ({ foldDocument }) => ({
        foldDocument(...[aggregate, document, judged]: Parameters<typeof foldDocument>) {
          const linked = judged.verdict === "effective" ? judged.linked : []
          return foldDocument(aggregate, document, { ...judged, linked })
        },
      }),
    )
    await expectBroken(["fork"])
  })

  test("R2, expiry, a commit that comes after LAG_MAX finds its slot free again", async () => {
    replace<typeof import("../../src/log/judge.js")>("log/judge", ({ Judge }) => ({
      Judge: class extends Judge {
        readonly #lagMax: number
        constructor(lagMax: number) {
          super(lagMax)
          this.#lagMax = lagMax
        }
        override judge(...[offset, { seen, on }]: Parameters<InstanceType<typeof Judge>["judge"]>) {
          return super.judge(offset, { seen: Math.max(seen, offset - this.#lagMax), on })
        }
      },
    }))
    await expectBroken(["fork"], { expiry: false })
  })
})
