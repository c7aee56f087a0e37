import { randomUUID } from "node:crypto"
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { Fault } from "../../ports/faults.js"
import type { Lake, LakeFile } from "../../ports/lake.js"
import { assertLakePath } from "../../ports/lakePath.js"

/** The lake as a folder of this machine. Files are synced before anybody sees them. */
export class LocalLake implements Lake {
  readonly root: string

  constructor(root: string) {
    this.root = resolve(root)
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.replace(path, bytes)
  }

  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    return this.#at(path, async target => {
      const temporary = await writeTemporary(target, bytes)
      try {
        // A link is made or not, never over another file.
        await link(temporary, target)
        await syncFolder(dirname(target))
        return true
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error
        return Buffer.compare(await readFile(target), bytes) === 0
      } finally {
        await rm(temporary, { force: true })
      }
    })
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    return this.#at(path, async target => {
      const temporary = await writeTemporary(target, bytes)
      try {
        await rename(temporary, target)
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
      await syncFolder(dirname(target))
    })
  }

  read(path: string): Promise<Uint8Array | null> {
    return this.#at(path, target => unlessMissing(readFile(target), null))
  }

  list(folder: string): Promise<readonly LakeFile[]> {
    return this.#at(folder, async target => {
      const entries = await unlessMissing(readdir(target, { withFileTypes: true }), [])
      const names = entries
        .filter(entry => entry.isFile() && !entry.name.startsWith("."))
        .map(({ name }) => name)
      const files = names.sort().map(async name => ({ name, bytes: (await stat(join(target, name))).size }))
      return Promise.all(files)
    })
  }

  delete(path: string): Promise<void> {
    return this.#at(path, target => rm(target, { force: true }))
  }

  async close(): Promise<void> {}

  async #at<T>(path: string, work: (target: string) => Promise<T>): Promise<T> {
    assertLakePath(path)
    const target = join(this.root, path)
    try {
      return await work(target)
    } catch (error) {
      const message = `lake: ${target}: ${error instanceof Error ? error.message : String(error)}`
      throw new Fault("HISTORY_UNAVAILABLE", message, { cause: error })
    }
  }
}

/** A hidden file beside the target, whole and synced. */
async function writeTemporary(target: string, bytes: Uint8Array): Promise<string> {
  const folder = dirname(target)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `.${basename(target)}.${randomUUID()}`)
  try {
    const file = await open(path, "wx", 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return path
}

/** Makes a new name last. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function unlessMissing<T>(reading: Promise<T>, missing: T): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if (codeOf(error) === "ENOENT") return missing
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null
}
