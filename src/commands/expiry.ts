/**
 * A command is not decided once key time has moved half of the retention past its arrival (R22): a paused process must
 * not repeat what a retry did elsewhere and whose key is forgotten since. All in milliseconds of key time.
 */
export function hasExpired(arrivalKeyTime: number, keyTime: number, keyRetention: number): boolean {
  return keyTime - arrivalKeyTime > keyRetention / 2
}
