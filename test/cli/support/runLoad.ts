import { onTestFinished, vi } from "vitest"
import { load } from "../../../src/cli/load.js"
import type { LoadOptions } from "../../../src/cli/loadOptions.js"
import { output } from "../../../src/cli/output.js"
import { parseMix } from "../../../src/load/mix.js"
import type { StartGenerator } from "../../../src/load/processes/generators.js"
import type { LoadReport } from "../../../src/load/report.js"
import type { AudienceReport } from "../../../src/load/subscribers/audience.js"

/** What `guildhall load --json` prints, as far as tests need it. */
export interface Printed {
  readonly runId: string
  readonly seconds: number
  readonly commands: number
  readonly effective: number
  readonly effectivePerSecond: number
  readonly refused: number
  readonly replayed: number
  readonly retries: number
  readonly faults: Readonly<Record<string, number>>
  readonly wrongAnswers: number
  readonly failed: number
  readonly inDoubt: number
  readonly verified: boolean | null
  readonly differences: number
  readonly died: readonly string[]
  readonly shown: readonly string[]
  readonly unsent: number | null
  readonly latencyMs: LoadReport["latencyMs"]
  readonly subscribers?: AudienceReport
}

/** A small load in this process. */
export async function runLoad(
  url: string | readonly string[],
  options: Partial<LoadOptions> = {},
  start?: StartGenerator,
): Promise<{ code: number; printed: Printed }> {
  const spy = vi.spyOn(output, "json").mockImplementation(() => {})
  onTestFinished(() => spy.mockRestore())
  spy.mockClear()
  const all: LoadOptions = {
    url: [url].flat(),
    players: 8,
    concurrency: 6,
    count: 150,
    warmUp: 0,
    within: 5000,
    seed: 1,
    mix: parseMix("buySword=5,grantGold=2,joinGuild=3,leaveGuild=3,foundGuild=1"),
    prefix: "load",
    zipf: 0,
    transport: "http",
    processes: 1,
    subscribers: 0,
    verify: true,
    json: true,
    ...options,
  }
  const code = await load(all, start)
  return { code, printed: spy.mock.calls[0]?.[0] as Printed }
}
