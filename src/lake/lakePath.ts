import { randomUUID } from "node:crypto"

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._=-]{0,200}$/

/** What every implementation requires of a path. Throws RangeError: a bug of the caller. */
export function assertLakePath(path: string): void {
  if (path.split("/").every(segment => SEGMENT.test(segment))) return
  throw new RangeError(
    `lake: expected a relative path of plain segments, got ${JSON.stringify(path).slice(0, 100)}`,
  )
}

const TEMPORARY = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** No write takes this long: an older temporary file was left behind by a crash. */
const LEFT_OVER_MS = 86_400_000

/** A hidden path beside a file's, unique for each call, under which the file is written before it is renamed. */
export function temporaryPath(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1)
  return `${path.slice(0, path.length - name.length)}.${name}.${randomUUID()}`
}

/** Whether a crash left a file behind, by its name in its folder and its age in milliseconds. */
export function isLeftOver(name: string, ageMs: number): boolean {
  return TEMPORARY.test(name) && ageMs > LEFT_OVER_MS
}
