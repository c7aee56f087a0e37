/**
 * A command is no longer decided once key time has moved past its arrival by more than half of the retention
 * (R22): a paused process must not repeat what a retry did elsewhere under a key that has since been
 * forgotten. All arguments are in milliseconds of key time.
 */
export function hasExpired(arrivalKeyTime: number, keyTime: number, keyRetention: number): boolean {
  return keyTime - arrivalKeyTime > keyRetention / 2
}
