import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Commit } from "../../src/log/commit.js"
import { runs } from "../support/runs.js"
import { judgeAll } from "./support/chainFindings.js"
import { type Entry, plans, play } from "./support/history.js"
import { judgedFrom, RecordedLog, recordsOf } from "./support/recordedLog.js"

const batches = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

// Shows R5.
describe("the judged reader over encoded records", () => {
  test("gives from any start the verdicts of the judge from the beginning, each offset exactly once", async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.nat(1000), batches, async (plan, place, sizes) => {
        const commits = play(plan)
        const log = new RecordedLog(recordsOf(plan.lagMax, commits.map(behindGenesis)), { batches: sizes })
        const from = place % (commits.length + 1)

        const judged = await judgedFrom(log, plan.lagMax, from)

        const expected = expectedVerdicts(commits, plan.lagMax).slice(from)
        expect(judged.map(({ offset, verdict, linked }) => ({ offset, verdict, linked }))).toEqual(expected)
      }),
      runs(100),
    )
  })
})

/** The genesis takes offset 0, so every commit moves by one. */
function behindGenesis({ commit }: Entry): Commit {
  return { ...commit, seen: commit.seen + 1 }
}

function expectedVerdicts(commits: readonly Entry[], lagMax: number) {
  const judgements = judgeAll(commits, { lagMax })
  const after = judgements.map(({ verdict, linked }, i) => ({ offset: i + 1, verdict, linked }))
  return [{ offset: 0, verdict: "genesis", linked: [] }, ...after]
}
