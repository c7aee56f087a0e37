const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._=-]{0,200}$/

/** What every implementation asks of a path. Throws RangeError: it is the caller's bug. */
export function assertLakePath(path: string): void {
  if (path.split("/").every(segment => SEGMENT.test(segment))) return
  throw new RangeError(
    `lake: expected a relative path of plain segments, got ${JSON.stringify(path).slice(0, 100)}`,
  )
}
