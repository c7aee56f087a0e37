import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { runs } from "../support/runs.js"
import {
  type ChainFindings,
  chainFindings,
  NOTHING_WRONG,
  warmUpDifference,
} from "./support/chainFindings.js"
import { type MakeJudge, type Plan, plans, play, realJudge } from "./support/history.js"
import { JudgeWithLosersFree, JudgeWithoutExpiry, JudgeWithoutPremature } from "./support/wrongJudges.js"

describe("the chain rule, whatever stale, paused, duplicating and reordering writers do", () => {
  test("has no fork, no stale decision, gold conserved and never negative, no stuck aggregate", () => {
    fc.assert(
      fc.property(plans, plan => {
        expect(findings(plan, realJudge)).toEqual(NOTHING_WRONG)
      }),
      runs(300),
    )
  })

  test("gives the same verdicts from any start once the judge has seen the lagMax records before", () => {
    fc.assert(
      fc.property(plans, fc.nat(1000), (plan, place) => {
        expect(warmedUp(plan, place, plan.lagMax)).toBeNull()
      }),
      runs(300),
    )
  })
})

describe("every part of the chain rule is needed:", () => {
  test("without expiry, history forks and decisions are stale", () => {
    expect(firstWrong(lagMax => new JudgeWithoutExpiry(lagMax), "forks")).toBeGreaterThan(0)
    expect(firstWrong(lagMax => new JudgeWithoutExpiry(lagMax), "staleDecisions")).toBeGreaterThan(0)
  })

  test("without prematurity, a commit that has seen the future takes a slot", () => {
    expect(firstWrong(lagMax => new JudgeWithoutPremature(lagMax), "outOfPlace")).toBeGreaterThan(0)
  })

  test("with half the warm-up, a later judge disagrees", () => {
    const wrong = differsWithin(1000, realJudge, lagMax => lagMax >> 1)
    expect(wrong).toBe(true)
  })

  test("with one record of warm-up too few, a later judge disagrees", () => {
    const wrong = differsWithin(5000, realJudge, lagMax => lagMax - 1)
    expect(wrong).toBe(true)
  })

  test("with losers that claim nothing, a later judge disagrees", () => {
    const wrong = differsWithin(
      1000,
      lagMax => new JudgeWithLosersFree(lagMax),
      lagMax => lagMax,
    )
    expect(wrong).toBe(true)
  })
})

/** Fixed, so that these tests are deterministic; no shrinking: all we need is that it fails. */
const FALSIFY = { seed: 1, endOnFailure: true }

function findings(plan: Plan, makeJudge: MakeJudge): ChainFindings {
  return chainFindings(play(plan, makeJudge), { ...plan, makeJudge })
}

/** The number of findings of one kind in the first history that has any, of at most 300 histories. */
function firstWrong(makeJudge: MakeJudge, what: keyof ChainFindings): number {
  const right = fc.property(plans, plan => findings(plan, makeJudge)[what] === 0)
  const { counterexample } = fc.check(right, { ...FALSIFY, numRuns: 300 })
  return counterexample === null ? 0 : findings(counterexample[0], makeJudge)[what]
}

/** The first offset where a judge started somewhere in a plan's history differs from the full judge, or null. */
function warmedUp(plan: Plan, place: number, warmUp: number, makeJudge = realJudge): number | null {
  const log = play(plan, makeJudge)
  const start = place % (log.length + 1)
  return warmUpDifference(log, start, { lagMax: plan.lagMax, warmUp, makeJudge })
}

function differsWithin(numRuns: number, makeJudge: MakeJudge, warmUpOf: (lagMax: number) => number): boolean {
  const same = fc.property(plans, fc.nat(1000), (plan, place) => {
    return warmedUp(plan, place, warmUpOf(plan.lagMax), makeJudge) === null
  })
  return fc.check(same, { ...FALSIFY, numRuns }).failed
}
