import type fc from "fast-check"

/** The time limit in CI; a failure is shrunk until then. */
const LIMIT_MS = 100_000

/** The test's own limit: a little more, so that a failure is reported with its seed. None when a length is given. */
export const SIMULATION_TIMEOUT_MS = process.env.SIMULATIONS === undefined ? LIMIT_MS + 20_000 : 0

/**
 * How long a simulation runs: some seconds in CI, longer on demand.
 *
 *   SIMULATIONS=10000 npx vitest run --project local test/simulation/writePath.property.test.ts
 *   SEED=42 RUN_PATH=17:0:3 …     repeats what a failure printed
 *   SHRINK=0 …                    reports a failure as found, without shrinking it
 */
export function simulation<T>(numRuns: number): fc.Parameters<T> {
  const { SIMULATIONS, SEED, RUN_PATH, SHRINK } = process.env
  const bounded = { numRuns, interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: true }
  return {
    ...(SIMULATIONS === undefined ? bounded : { numRuns: Number(SIMULATIONS) }),
    endOnFailure: SHRINK === "0",
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
    ...(RUN_PATH === undefined ? {} : { path: RUN_PATH }),
  }
}
