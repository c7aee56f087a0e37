/**
 * For how long keys are kept (R22): in buckets of half the retention of key time, each dropped as a whole, so a key is
 * found for 1 to 1.5 times the retention. The retention in force is that of the generation, in its checkpoint.
 */

/** The index of the bucket for keys of this key time; a bucket spans half the retention. */
export function keyBucket(keyTime: number, keyRetention: number): number {
  return Math.floor(keyTime / (keyRetention / 2))
}

/**
 * The first bucket to keep at a key time. A key is kept for at least the retention, so it lies in the current bucket or
 * one of the two before it.
 */
export function firstKeptBucket(keyTime: number, keyRetention: number): number {
  return Math.max(0, keyBucket(keyTime, keyRetention) - 2)
}
