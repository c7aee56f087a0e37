import { randomUUID } from "node:crypto"

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._=-]{0,200}$/

/** What every implementation asks of a path. Throws RangeError: it is the caller's bug. */
export function assertLakePath(path: string): void {
  if (path.split("/").every(segment => SEGMENT.test(segment))) return
  throw new RangeError(
    `lake: expected a relative path of plain segments, got ${JSON.stringify(path).slice(0, 100)}`,
  )
}

const TEMPORARY = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** No write takes so long: a temporary file that is older is what a crash left behind. */
const LEFT_OVER_MS = 86_400_000

/** The hidden path beside a file's, under which the file is written before it takes its own; another one each time. */
export function temporaryPath(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1)
  return `${path.slice(0, path.length - name.length)}.${name}.${randomUUID()}`
}

/** Whether a file was left behind, by its name in its folder and by its age in milliseconds. */
export function isLeftOver(name: string, ageMs: number): boolean {
  return TEMPORARY.test(name) && ageMs > LEFT_OVER_MS
}
