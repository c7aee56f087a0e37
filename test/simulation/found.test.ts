import { describe, expect, test } from "vitest"
import { check } from "./check.js"
import type { Answer } from "./history.js"
import type { Settings } from "./plan.js"
import { Scenario, word } from "./scenario.js"

/** Bugs that the simulation has found, each in its own small scenario. */

/** The final answers, and what the checker finds. */
async function account(scenario: Scenario, ...answers: Promise<Answer | null>[]) {
  await scenario.pass(10_000)
  scenario.system.heal()
  const said = await scenario.answered(Promise.all(answers))
  return { said: said.map(word), found: check(await scenario.end()) }
}

describe("a commit that waits for the log", () => {
  test("is not sent once one of its commands was answered with a no", async () => {
    const scenario = await Scenario.begin({ deadlineMs: 1000 })
    const { log, views } = scenario.system.shared
    log.goDown()
    views.pause()
    const first = scenario.register("alice")
    await scenario.pass(300)
    const second = scenario.grant("alice")
    await scenario.pass(50)
    views.resume()

    // After the first one's deadline, before the second one's.
    await scenario.pass(750)
    log.comeBack()

    expect(await account(scenario, first, second)).toEqual({
      said: ["LOG_UNAVAILABLE", "refused"],
      found: [],
    })
  })
})

// Shows I5.
describe("a command with a commit whose verdict is not known", () => {
  /** Its commit arrives 2 s late; meanwhile another process writes. */
  async function sendLate(settings: Partial<Settings>) {
    const scenario = await Scenario.begin({ apis: 2, deadlineMs: 1500, ...settings })
    const { log } = scenario.system.shared
    await scenario.answered(scenario.register("alice", 0))
    await scenario.answered(scenario.register("bob", 1))
    log.faults = { ...log.faults, late: 1, lateMs: [2000, 2000] }
    const late = scenario.grant("alice", 0)
    await scenario.pass(20)
    log.faults = { ...log.faults, late: 0 }
    return { scenario, late }
  }

  test("is not answered as expired", async () => {
    const { scenario, late } = await sendLate({ keyRetention: 1500 })

    await scenario.write(10, "bob", 1, 120)

    expect(await account(scenario, late)).toEqual({ said: ["OUTCOME_UNKNOWN"], found: [] })
  })

  test("is not answered as VIEWS_UNAVAILABLE", async () => {
    const { scenario, late } = await sendLate({ bufferRecords: 5 })

    await scenario.write(10, "bob", 1, 60)
    scenario.system.shared.views.cut("api-0")

    expect(await account(scenario, late)).toEqual({ said: ["OUTCOME_UNKNOWN"], found: [] })
  })
})

test("a command that has lost a claim is decided again after the pause, not at the deadline", async () => {
  const scenario = await Scenario.begin({ apis: 2, deadlineMs: 5000 })
  await scenario.answered(scenario.register("alice"))

  for (let i = 0; i < 20; i++) {
    await scenario.answered(Promise.all([scenario.grant("alice", 0), scenario.grant("alice", 1)]))
  }

  const { attempts } = scenario.system.shared
  const tookMs = attempts.map(({ arrivedAt, answer }) => (answer?.answeredAt ?? 0) - arrivedAt)
  expect(Math.max(...tookMs)).toBeLessThan(200)
  expect(await account(scenario)).toEqual({ said: [], found: [] })
})

describe("views that are lost while the log is idle", () => {
  test("are rebuilt, although nothing can be decided without them", async () => {
    const scenario = await Scenario.begin()
    await scenario.answered(scenario.register("alice"))
    await scenario.pass(500)

    scenario.system.emptyViews()
    scenario.system.api(0).kill()
    scenario.system.startApi(0)
    await scenario.pass(2000)

    expect(await account(scenario, scenario.grant("alice"))).toEqual({ said: ["done"], found: [] })
  })

  test("are brought forward again when they were rolled back", async () => {
    const scenario = await Scenario.begin({ bufferRecords: 5 })
    await scenario.answered(scenario.register("alice"))
    await scenario.pass(500)

    const rollBack = scenario.system.rememberViews()
    await scenario.write(20, "alice", 0, 60)
    await scenario.pass(500)
    rollBack()
    await scenario.pass(10_000)

    expect(await account(scenario, scenario.grant("alice"))).toEqual({ said: ["done"], found: [] })
  })
})
