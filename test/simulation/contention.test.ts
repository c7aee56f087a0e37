import { describe, expect, test } from "vitest"
import { type Fight, fight, row } from "./contention.js"

/**
 * The figures are printed with `--reporter=verbose`, as rows of this table:
 *
 * | processes | travel | commits | effective | effective per round trip | longest losing streak | slowest answer | past deadline |
 */
const fights: readonly Fight[] = (["even", "uneven"] as const).flatMap(travel => {
  return [2, 4, 8].map(processes => ({ processes, travel, durationMs: 3000 }))
})

describe("processes that fight for three aggregates, with commits over one and over two of them", () => {
  test.for(fights)(
    "$processes processes, travel $travel: a commit is effective every other round trip",
    async (plan, context) => {
      const figures = await fight(plan)
      await context.annotate(row(plan, figures))

      expect(figures.effectivePerRoundTrip).toBeGreaterThanOrEqual(0.5)
      expect(figures.longestLosingStreak).toBeLessThan(60)
      expect(figures.slowestAnswerMs).toBeLessThan(1000)
      expect(figures.faults).toBe(0)
    },
  )
})

describe("without the pause of R24", () => {
  const pressing = (plan: Fight) => fight(plan, { rules: { rivalPause: () => 0 } })

  test.for([2, 4])(
    "%d processes, travel even: they void each other in turn until the deadline",
    async (processes, context) => {
      const plan: Fight = { processes, travel: "even", durationMs: 6000 }
      const figures = await pressing(plan)
      await context.annotate(row(plan, figures))

      expect(figures.effectivePerRoundTrip).toBeLessThan(0.1)
      expect(figures.faults).toBeGreaterThan(0)
    },
  )

  test("2 processes, travel uneven: more commits are void, and losing streaks are far longer", async context => {
    const plan: Fight = { processes: 2, travel: "uneven", durationMs: 3000 }
    const [paused, pressed] = [await fight(plan), await pressing(plan)]
    await context.annotate(row(plan, pressed))

    expect(1 - pressed.effectiveShare).toBeGreaterThan(1.5 * (1 - paused.effectiveShare))
    expect(pressed.longestLosingStreak).toBeGreaterThan(3 * paused.longestLosingStreak)
  })
})
