import { expect, it, onTestFinished, vi } from "vitest"
import { printResult } from "../../src/cli/loadReport.js"
import { output } from "../../src/cli/output.js"
import { Latencies } from "../../src/load/latencies.js"
import type { LoadResult } from "../../src/load/result.js"

it("prints a run that was good", () => {
  expect(printed({ differences: 0 })).toEqual([
    "run r1",
    "commands   3 answered",
    "effective  2 commands in 2 s: 1 per second",
    'refused    1 {"NOT_ENOUGH_GOLD":1}',
    "latency    p50 2 ms, p90 3 ms, p95 3 ms, p99 3 ms, p99.9 3 ms, max 3 ms",
    'retries    4, answered from an earlier try 0, faults {"CONFLICT":4}',
    "verified   every promise is kept",
  ])
})

it("prints how many commands of an open loop were not sent", () => {
  expect(printed({}, 5)).toContain("unsent     5 that were due")
})

it("prints what was wrong, and which process died", () => {
  const died = ["generator process 2 of 3: was ended by SIGKILL"]
  const lines = printed({ wrongAnswers: 1, differences: 2, died, shown: [...died, "a wrong answer"] })

  expect(lines.slice(-5)).toEqual([
    "WRONG      1 answers; 0 commands failed, 0 are in doubt",
    "DIFFERENT  2 differences",
    "DIED       processes: 1; what they were promised is not known",
    "  generator process 2 of 3: was ended by SIGKILL",
    "  a wrong answer",
  ])
})

function printed(found: Partial<LoadResult>, unsent: number | null = null): string[] {
  const lines: string[] = []
  const spy = vi.spyOn(output, "line").mockImplementation((text = "") => void lines.push(text))
  onTestFinished(() => spy.mockRestore())
  const latencies = new Latencies()
  for (const ms of [1, 2, 3]) latencies.add(ms)
  const measured = {
    ...{ beganAt: 0, endedAt: 2000, effective: 2, replayed: 0, retries: 4, unsent, seconds: [] },
    ...{ refusals: { NOT_ENOUGH_GOLD: 1 }, faults: { CONFLICT: 4 }, latencies: latencies.encoded },
  }
  const result: LoadResult = {
    run: { id: "r1", measured },
    ...{ wrongAnswers: 0, failed: 0, inDoubt: 0, audience: null, differences: null, died: [], shown: [] },
    ...found,
  }
  printResult(result, false)
  return lines
}
