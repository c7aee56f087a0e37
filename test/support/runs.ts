import fc from "fast-check"

/**
 * How long a property test runs: a few seconds in CI, longer on demand.
 *
 *   RUNS=100000 npx vitest run --project local --testTimeout=0 test/log     that many runs of each property
 *   SEED=42 … and SEED=42 RUN_PATH=17:0:3 …                again what a failure printed
 */
export function runs<T>(numRuns: number): fc.Parameters<T> {
  const { RUNS, SEED, RUN_PATH } = process.env
  return {
    numRuns: RUNS === undefined ? numRuns : Number(RUNS),
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
    ...(RUN_PATH === undefined ? {} : { path: RUN_PATH }),
  }
}
