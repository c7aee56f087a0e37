import type fc from "fast-check"

/** In CI it fails rather than go on for longer; a failure is made smaller until then. */
const LIMIT_MS = 100_000

/** For the test itself: a little more, so that the failure is told with its seed. None when it is told how long. */
export const SIMULATION_TIMEOUT_MS = process.env.SIMULATIONS === undefined ? LIMIT_MS + 20_000 : 0

/**
 * How long a simulation runs: some seconds in CI, longer on demand.
 *
 *   SIMULATIONS=10000 npx vitest run --project local test/simulation/writePath.property.test.ts
 *   SEED=42 RUN_PATH=17:0:3 …     again what a failure printed
 *   SHRINK=0 …                    a failure as it was found, without looking for a smaller one
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
