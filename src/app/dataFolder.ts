import { constants } from "node:fs"
import { access, stat } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import { inFolder, unusable } from "../adapters/lmdb/folderError.js"
import { hasRoom } from "../adapters/lmdb/writeFailure.js"
import { systemCode } from "../lib/systemError.js"

/**
 * Throws FolderError UNUSABLE, with the reason, if this user cannot keep data in a folder. It creates
 * nothing: for a folder that does not exist yet, the nearest one above it that exists is checked.
 */
export function assertUsable(folder: string): Promise<void> {
  const path = resolve(folder)
  return inFolder(path, async () => {
    const there = await nearest(path)
    if (!(await stat(there)).isDirectory()) throw unusable(path, `${there} is a file, expected a folder`)
    await access(there, constants.R_OK | constants.W_OK | constants.X_OK)
    if (!hasRoom(there)) throw unusable(path, "the disk is full")
  })
}

/** The folder itself, or the nearest one above it that exists. Throws any other error. */
async function nearest(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch (error) {
    const isAbsent = systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR"
    if (!isAbsent || dirname(path) === path) throw error
    return nearest(dirname(path))
  }
}
