/**
 * Key time (R22): the sum over records of the step from the previous record, each counted as 0 to 1 s. So neither a
 * clock that jumps nor a quiet night makes an idempotency key expire.
 */
export const KEY_STEP_MAX_MS = 1000

/** The step of key time from one record to the next, from their append times, in milliseconds. */
export function keyStep(before: number, at: number): number {
  return Math.min(Math.max(at - before, 0), KEY_STEP_MAX_MS)
}
