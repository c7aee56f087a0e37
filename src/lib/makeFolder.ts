import { mkdir, stat } from "node:fs/promises"
import { dirname } from "node:path"
import { systemCode } from "./systemError.js"

/** Closed to other users of the machine: the folder holds players' names, and whoever can write there can make gold. */
const OURS_ALONE = 0o700

/**
 * Makes a folder and any missing parents. Returns the topmost folder that it made, or null when all were there. Throws
 * the system's error. Node's own recursive `mkdir` never settles below a link to a folder that no longer exists.
 */
export async function makeFolder(path: string): Promise<string | null> {
  const made = await makeOne(path)
  if (made !== "parent missing") return made ? path : null
  const above = await makeFolder(dirname(path))
  // No second try: if the parent is missing again, somebody has removed it meanwhile.
  await mkdir(path, OURS_ALONE).catch(error => unlessThere(path, error))
  return above ?? path
}

/** Whether this call made it. */
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

/** Throws the error unless the folder is there: some systems report EROFS or EACCES for a folder that exists. */
async function unlessThere(path: string, error: unknown): Promise<void> {
  const isThere = await stat(path).then(
    status => status.isDirectory(),
    () => false,
  )
  if (!isThere) throw error
}
