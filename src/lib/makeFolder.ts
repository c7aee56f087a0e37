import { mkdir, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { systemCode } from "./systemError.js"

/** Closed to other users of the machine: names of players are there, and whoever writes there can make gold. */
const OURS_ALONE = 0o700

/**
 * Makes a folder, and those above it that are missing; the answer is the topmost that it made, null for none. Throws what
 * the system says. Node's own `mkdir` of the kind `recursive` never settles below a link to a folder that is gone.
 */
export async function makeFolder(path: string): Promise<string | null> {
  const made = await makeOne(path)
  if (made !== "parent missing") return made ? path : null
  const above = await makeFolder(dirname(path))
  // Once: if it is missing again, somebody has removed it meanwhile.
  await mkdir(path, OURS_ALONE).catch(error => unlessThere(path, error))
  return above ?? path
}

/** Whether it was made now. */
async function makeOne(path: string): Promise<boolean | "parent missing"> {
  try {
    await mkdir(path, OURS_ALONE)
    return true
  } catch (error) {
    if (systemCode(error) === "ENOENT" && dirname(path) !== path) return "parent missing"
    await unlessThere(path, error)
    return false
  }
}

/** Throws the error unless the folder is there; some systems say EROFS or EACCES of one that is. */
async function unlessThere(path: string, error: unknown): Promise<void> {
  const isThere = await stat(path).then(
    status => status.isDirectory(),
    () => false,
  )
  if (!isThere) throw error
}
