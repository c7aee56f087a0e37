import { link, open, readdir, readFile, rename, rm, stat } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import { assertLakePath, isLeftOver, temporaryPath } from "../../lake/lakePath.js"
import { within } from "../../lib/deadline.js"
import { makeFolder } from "../../lib/makeFolder.js"
import { syncFolder } from "../../lib/syncFolder.js"
import { systemCode, systemReason, unlessAbsent } from "../../lib/systemError.js"
import { using } from "../../lib/using.js"
import { Fault } from "../../ports/faults.js"
import type { Lake, LakeFile } from "../../ports/lake.js"

/** The longest that an operation may take, even when the disk hangs: a mount that is gone, a pipe in a file's place. */
const LIMIT_MS = 30_000

/**
 * The lake as a folder on this machine, which only this user may read. A file is written under a unique hidden name and
 * synced before it gets its real name; the name is synced before success is reported.
 */
export class LocalLake implements Lake {
  readonly root: string
  /** Folders that are durable, and from which the leftovers of crashes have been deleted. */
  readonly #prepared = new Set<string>()
  readonly #limitMs: number
  #isClosed = false

  constructor(root: string, limitMs = LIMIT_MS) {
    this.root = resolve(root)
    this.#limitMs = limitMs
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.replace(path, bytes)
  }

  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    return this.#at(path, async target => {
      const temporary = await this.#writeTemporary(target, bytes)
      try {
        const isThere = (await isLinked(temporary, target)) || (await hasBytes(target, bytes))
        // Even when the file existed before: its writer may have died before the name was durable.
        if (isThere) await syncFolder(dirname(target))
        return isThere
      } finally {
        await drop(temporary)
      }
    })
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    return this.#at(path, async target => {
      const temporary = await this.#writeTemporary(target, bytes)
      try {
        await rename(temporary, target)
      } catch (error) {
        await drop(temporary)
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
      const entries = await unlessAbsent(readdir(target, { withFileTypes: true }), [])
      const names = entries
        .filter(entry => entry.isFile() && !entry.name.startsWith("."))
        .map(({ name }) => name)
      const files = await Promise.all(names.sort().map(name => fileOf(target, name)))
      return files.filter(file => file !== null)
    })
  }

  delete(path: string): Promise<void> {
    return this.#at(path, target => rm(target, { force: true }))
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  /** Writes a hidden file beside the target, complete and synced. */
  async #writeTemporary(target: string, bytes: Uint8Array): Promise<string> {
    await this.#prepare(dirname(target))
    const path = temporaryPath(target)
    try {
      await writeSynced(path, bytes)
    } catch (error) {
      await drop(path)
      throw error
    }
    return path
  }

  /** Makes a folder, and makes it durable: whoever made it before may have died too early. */
  async #prepare(folder: string): Promise<void> {
    const made = await makeFolder(folder)
    if (made === null && this.#prepared.has(folder)) return
    const top = made !== null && made.length <= this.root.length ? dirname(made) : this.root
    for (let at = folder; at !== top; ) {
      at = dirname(at)
      await syncFolder(at)
    }
    await dropLeftOvers(folder)
    this.#prepared.add(folder)
  }

  async #at<T>(path: string, work: (target: string) => Promise<T>): Promise<T> {
    assertLakePath(path)
    const target = join(this.root, path)
    if (this.#isClosed) throw unavailable(target, new Error("the lake is closed"))
    try {
      return await within(
        work(target),
        this.#limitMs,
        () => new Error(`not finished within ${this.#limitMs} ms`),
      )
    } catch (error) {
      throw unavailable(target, error)
    }
  }
}

/** A link is created or not, never over another file. */
async function isLinked(temporary: string, target: string): Promise<boolean> {
  try {
    await link(temporary, target)
    return true
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false
    throw error
  }
}

async function hasBytes(path: string, bytes: Uint8Array): Promise<boolean> {
  return Buffer.compare(await readFile(path), bytes) === 0
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await using(open(path, "wx", 0o600), async file => {
    await file.writeFile(bytes)
    await file.sync()
    const { size } = await file.stat()
    if (size !== bytes.length) throw new Error(`wrote ${bytes.length} bytes, then found ${size}`)
  })
}

/** Best effort: what stays is hidden, and is deleted as a leftover later. */
async function drop(temporary: string): Promise<void> {
  await rm(temporary, { force: true }).catch(() => {})
}

async function dropLeftOvers(folder: string): Promise<void> {
  const hidden = (await readdir(folder)).filter(name => name.startsWith("."))
  for (const name of hidden) {
    const path = join(folder, name)
    const status = await unlessMissing(stat(path), null)
    if (status !== null && isLeftOver(name, Date.now() - status.mtimeMs)) await drop(path)
  }
}

/** Null when the file is gone by now. */
async function fileOf(folder: string, name: string): Promise<LakeFile | null> {
  const status = await unlessMissing(stat(join(folder, name)), null)
  return status === null ? null : { name, bytes: status.size }
}

/** A path also counts as missing when one of its folders is a file. */
async function unlessMissing<T>(reading: Promise<T>, missing: T): Promise<T> {
  try {
    return await unlessAbsent(reading, missing)
  } catch (error) {
    if (systemCode(error) === "ENOTDIR") return missing
    throw error
  }
}

function unavailable(target: string, error: unknown): Fault {
  const message = `lake: ${target} (setting DATA_DIR): ${systemReason(error)}`
  return new Fault("HISTORY_UNAVAILABLE", message, { cause: error })
}
